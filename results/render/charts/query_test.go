package charts

import (
	"math"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// TestQueryTimeline draws each answer once it was given, and a gap where there was none.
func TestQueryTimeline(t *testing.T) {
	r := &record.Run{Header: madeup.Header(samples.TwoFlows(1)), Queries: tally.Queries{}}
	start, below := sample.Instant(r.Header.Started.UnixNano()), -2.5
	for i := range 3 {
		a := &tally.Answer{Query: "q", From: start.Add(time.Duration(i) * time.Second), To: start.Add(time.Duration(i+1) * time.Second), Value: &below}
		if i == 1 {
			a.Value, a.Missed = nil, "no answer"
		}
		r.Queries.Add(a)
	}
	got := queriesOf(r, start)
	if len(got) != 1 || got[0].Name != "q" || len(got[0].At) != 3 || got[0].At[2] != 3 || got[0].Value[0] != below || !math.IsNaN(got[0].Value[1]) || got[0].Length != 3 {
		t.Fatalf("drawn: %+v", got)
	}
	for i := range 5 * maxColumns {
		at := start.Add(time.Duration(i+3) * time.Second)
		r.Queries.Add(&tally.Answer{Query: "q", From: at, To: at.Add(time.Second), Value: &below})
	}
	if got := queriesOf(r, start); len(got[0].At) > maxColumns+1 || got[0].Value[maxColumns/2] != below {
		t.Errorf("a long run: %d columns", len(got[0].At))
	}
}
