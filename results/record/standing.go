package record

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

// A Standing is what a flow has come to so far. It leaves out the warm-up as
// FlowFigures do, and after the last interval the two are the same.
type Standing struct {
	Sessions   SessionFigures
	Messages   MessageFigures
	Recipients RecipientFigures
	Arrivals   *ArrivalFigures // open load only
	Warmup     MessageFigures  // apart from all else
	Failures   []ErrorFigures

	added []*Total
}

// Added returns the times of a phase that the interval added; nil where there
// are none. Like the other histograms it is to be read, during the call.
func (s *Standing) Added(p sample.Phase, part sample.Part) *histogram.Histogram {
	return s.addedTo(SlotOf(p, part))
}

// AddedLate returns what the interval added to GeneratorFigures.Late.
func (s *Standing) AddedLate() *histogram.Histogram { return s.addedTo(LateSlot) }

// AddedDelay returns what the interval added to GeneratorFigures.Delay.
func (s *Standing) AddedDelay() *histogram.Histogram { return s.addedTo(DelaySlot) }

// AddedOwn returns what the interval added to GeneratorFigures.Own.
func (s *Standing) AddedOwn() *histogram.Histogram { return s.addedTo(OwnSlot) }

func (s *Standing) addedTo(slot Slot) *histogram.Histogram {
	if len(s.added) == 1 {
		return s.added[0].Hists[slot]
	}
	var hs []*histogram.Histogram // of two rounds: one ended in the interval
	for _, t := range s.added {
		hs = append(hs, t.Hists[slot])
	}
	return histogram.Merged(hs...)
}

// A standing is what a Standing is made from. It keeps no histogram, which the
// run does already.
type standing struct {
	steady, warmup counts
	failures       failures
	added          []*Total
}

// begin begins an interval.
func (s *standing) begin() { s.added = s.added[:0] }

// add adds what a series came to in the interval.
func (s *standing) add(t *Total, stage sample.Stage) {
	if stage == sample.Warmup {
		s.warmup.add(&t.counts)
		return
	}
	if s.failures == nil {
		s.failures = failures{}
	}
	s.steady.add(&t.counts)
	s.failures.merge(t.Failures)
	s.added = append(s.added, t)
}

// told is how the flow stands, with its gauges.
func (s *standing) told(g Gauge, open bool) Standing {
	c := &s.steady
	out := Standing{
		Sessions: SessionFigures{c.Started, c.Completed, c.FailedSession, int64(g.Peak)},
		Messages: c.Messages(), Warmup: s.warmup.Messages(),
		Recipients: RecipientFigures{c.RcptAccepted, c.RcptRejected, c.RcptUnknown},
		Failures:   s.failures.Figures(), added: s.added,
	}
	if open {
		out.Arrivals = &ArrivalFigures{g.Due, g.Begun}
	}
	return out
}
