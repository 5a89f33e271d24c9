package mail

import (
	"bytes"
	"testing"
)

func TestSizes(t *testing.T) {
	text := func(n int) File {
		return File{Name: "x.eml", Data: append([]byte("Subject: x\r\n\r\n"), bytes.Repeat([]byte("word\r\n"), n)...)}
	}
	for name, o := range map[string]Options{
		"fixed":      {Size: Size{Median: 9000}},
		"attachment": {Size: Size{Median: 9000}, Attach: []Attachment{{Size: 70_000}}},
		"spread":     {Size: Size{Median: 9000, P99: 50_000}},
		"files":      {Files: []File{text(10), text(5000), text(30)}},
	} {
		s := newSource(t, o)
		median, largest := s.Sizes()
		under, most := 0, int64(0)
		const n = 300
		for seq := range uint64(n) {
			raw, _ := render(t, s, seq)
			size := int64(len(raw))
			if size <= median+32 {
				under++
			}
			most = max(most, size)
		}
		if share := float64(under) / n; share < 0.45 {
			t.Errorf("%s: %.0f %% of the messages are not over the median of %d", name, 100*share, median)
		}
		if most > largest+32 || name != "spread" && most < largest-32 {
			t.Errorf("%s: a message of %d octets, and the largest is to be %d", name, most, largest)
		}
	}
}
