package render

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A recipient whose reply was lost is in the figures and in what is exported,
// so that the recipients of a message add up, and nowhere where there is none.
func TestRecipientsAddUp(t *testing.T) {
	for _, unknown := range []int{0, 2} {
		p := &loadgen.Plan{Name: "lmtp", Flows: []loadgen.Flow{{Name: "f", Load: loadgen.Load{Sessions: 1}}}}
		run := madeup.Stored(t, madeup.Header(p), p, func(r sample.Recorder) {
			s := sample.Series{Stage: sample.Steady}
			r.Message(s, sample.Accepted, sample.Steady, 3, 1)
			if unknown > 0 {
				r.Unknown(s, unknown)
			}
			r.Tick(sample.Tick{From: samples.At(0), To: samples.At(time.Second), Open: []int{0}, Peak: []int{1}, Due: []int64{0}, Begun: []int64{0}, Last: true})
		})
		result := figures.Of(run)
		if got, want := result.Flows["f"].Recipients, (tally.RecipientCounts{Accepted: 3, Rejected: 1, Unknown: int64(unknown)}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		exported := text(t, func(b *bytes.Buffer) error { return export.Prometheus(b, newDocument(run).Result) }).String()
		if has := strings.Contains(exported, `recipients_total{flow="f",outcome="unknown"} 2`); has != (unknown > 0) {
			t.Errorf("%d unknown, exported: %v", unknown, has)
		}
	}
}
