package results

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// A Standing is what a flow has come to so far. It leaves out the warm-up as
// FlowFigures do, and after the last interval the two are the same.
type Standing struct {
	Sessions   SessionFigures
	Messages   MessageFigures
	Recipients RecipientFigures
	Arrivals   *ArrivalFigures // open load only
	Warmup     MessageFigures  // apart from all else
	Failures   []ErrorFigures

	added []*total
}

// Added returns the times of a phase that the interval added; nil where there
// are none. Like the other histograms it is to be read, during the call.
func (s *Standing) Added(p sample.Phase, part sample.Part) *Histogram {
	return s.addedTo(slotOf(p, part))
}

// AddedLate returns what the interval added to GeneratorFigures.Late.
func (s *Standing) AddedLate() *Histogram { return s.addedTo(lateSlot) }

// AddedDelay returns what the interval added to GeneratorFigures.Delay.
func (s *Standing) AddedDelay() *Histogram { return s.addedTo(delaySlot) }

// AddedOwn returns what the interval added to GeneratorFigures.Own.
func (s *Standing) AddedOwn() *Histogram { return s.addedTo(ownSlot) }

func (s *Standing) addedTo(slot slot) *Histogram {
	if len(s.added) == 1 {
		return s.added[0].hists[slot]
	}
	var hs []*Histogram // of two rounds: one ended in the interval
	for _, t := range s.added {
		hs = append(hs, t.hists[slot])
	}
	return merged(hs...)
}

// A standing is what a Standing is made from. It keeps no histogram, which the
// run does already.
type standing struct {
	steady, warmup counts
	failures       failures
	added          []*total
}

// begin begins an interval.
func (s *standing) begin() { s.added = s.added[:0] }

// add adds what a series came to in the interval.
func (s *standing) add(t *total, stage sample.Stage) {
	if stage == sample.Warmup {
		s.warmup.add(&t.counts)
		return
	}
	if s.failures == nil {
		s.failures = failures{}
	}
	s.steady.add(&t.counts)
	s.failures.merge(t.failures)
	s.added = append(s.added, t)
}

// told is how the flow stands, with its gauges.
func (s *standing) told(g gauge, open bool) Standing {
	c := &s.steady
	out := Standing{
		Sessions: SessionFigures{c.Started, c.Completed, c.FailedSession, int64(g.Peak)},
		Messages: c.messages(), Warmup: s.warmup.messages(),
		Recipients: RecipientFigures{c.RcptAccepted, c.RcptRejected, c.RcptUnknown},
		Failures:   s.failures.figures(), added: s.added,
	}
	if open {
		out.Arrivals = &ArrivalFigures{g.Due, g.Begun}
	}
	return out
}
