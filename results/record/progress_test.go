package record

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestProgressHasTheProcessor(t *testing.T) {
	var got []Progress
	collect(t, 1, func(i *Progress) { got = append(got, *i) })
	if i := got[0]; i.BusyShare != 0.25 || i.DeniedShare < 0.166 || i.DeniedShare > 0.167 || !i.Started.Equal(samples.Epoch) {
		t.Errorf("busy %v, denied %v, started %v; want a quarter, 50 of 300 ms, %v", i.BusyShare, i.DeniedShare, i.Started, samples.Epoch)
	}
}

// A progress has the stage that ended last, and that of the last shard to end it.
func TestProgressHasTheStageThatEnded(t *testing.T) {
	var got []*StageEnd
	collect(t, 2, func(i *Progress) { got = append(got, i.Flows[0].Ended, i.Flows[1].Ended) })
	if got[1] != nil || got[0] == nil || *got[0] != (StageEnd{0, sample.Warmup, time.Second}) {
		t.Errorf("after a second: %+v, %+v", got[0], got[1])
	}
	for _, e := range got[len(got)-2:] {
		if e == nil || *e != (StageEnd{0, sample.Steady, 3 * time.Second}) {
			t.Errorf("at the end: %+v", e)
		}
	}
	s := flowState{}
	for _, e := range []StageEnd{{1, sample.Steady, 9}, {1, sample.Steady, 11}, {1, sample.Steady, 10}, {0, sample.Drain, 12}} {
		s.noteEnd(e)
	}
	if *s.ended != (StageEnd{1, sample.Steady, 11}) {
		t.Errorf("of several: %+v", s.ended)
	}
}

// Rejections that a flow expects are no errors of its progress, and others are.
func TestProgressLeavesOutWhatIsExpected(t *testing.T) {
	s := flowState{}
	total := tally.NewTotal()
	recorded := tally.Failures{}
	recorded.Count(&sample.Failure{Phase: sample.Rcpt, Class: sample.RecipientUnknown, Code: 550})
	recorded.Count(&sample.Failure{Phase: sample.Rcpt, Class: sample.Busy, Code: 421})
	total.Failures.Merge(recorded)
	s.add(total, sample.Steady, &FlowHeader{Expect: sample.Expect([]sample.Class{sample.RecipientUnknown}, sample.Rcpt)})
	if len(s.errors) != 1 || s.errors[sample.Busy] != 1 {
		t.Errorf("errors: %v", s.errors)
	}
}
