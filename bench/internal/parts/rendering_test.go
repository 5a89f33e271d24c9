package parts

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)

func newSource(b *testing.B, o mail.Options) *mail.Source {
	b.Helper()
	if o.To == nil {
		o.To = []string{"bench@example.test"}
	}
	s, err := mail.New(o)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkSource measures what is rendered ahead, once for each flow.
func BenchmarkSource(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newSource(b, mail.Options{Seed: 1})
	}
}

// BenchmarkRendering measures what is left to render for each message.
func BenchmarkRendering(b *testing.B) {
	many := []string{"user{1..5000}@example.test"}
	for _, bc := range []struct {
		name string
		o    mail.Options
	}{
		{"fixed", mail.Options{From: "bench@example.test"}},
		{"patterns", mail.Options{From: "s{seq}@example.org", To: many}},
		{"lognormal", mail.Options{From: "s{seq}@example.org", To: many, Recipients: 2, Size: mail.Size{Median: 20 << 10, P99: 500 << 10}}},
		{"file", mail.Options{From: "s{seq}@example.org", Files: []mail.File{{Name: "a", Data: []byte("Subject: x\n\n.dot\n")}}}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			s := newSource(b, bc.o)
			var t smtpwire.Transaction
			b.ReportAllocs()
			seq := uint64(0)
			for b.Loop() {
				s.Render(seq, noon, &t)
				seq++
			}
		})
	}
}
