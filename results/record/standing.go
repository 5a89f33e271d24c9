package record

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Standing is what a flow has come to so far. It leaves out the warm-up as
// FlowFigures do, and after the last interval the two are the same.
type Standing struct {
	Sessions   tally.SessionCounts
	Messages   tally.MessageCounts
	Recipients tally.RecipientCounts
	Arrivals   *tally.ArrivalCounts // open load only
	Warmup     tally.MessageCounts  // apart from all else
	Failures   []tally.FailureCount

	added []*tally.Total
}

// Added returns the times of a phase that the interval added; nil where there
// are none. Like the other histograms it is to be read, during the call.
func (s *Standing) Added(p sample.Phase, part sample.Part) *histogram.Histogram {
	return s.addedTo(tally.SlotOf(p, part))
}

// AddedLate returns what the interval added to figures.Generator.Late.
func (s *Standing) AddedLate() *histogram.Histogram { return s.addedTo(tally.LateSlot) }

// AddedDelay returns what the interval added to figures.Generator.Delay.
func (s *Standing) AddedDelay() *histogram.Histogram { return s.addedTo(tally.DelaySlot) }

// AddedOwn returns what the interval added to figures.Generator.Own.
func (s *Standing) AddedOwn() *histogram.Histogram { return s.addedTo(tally.OwnSlot) }

func (s *Standing) addedTo(slot tally.Slot) *histogram.Histogram {
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
	steady, warmup tally.Counts
	failures       tally.Failures
	added          []*tally.Total
}

// begin begins an interval.
func (s *standing) begin() { s.added = s.added[:0] }

// add adds what a series came to in the interval.
func (s *standing) add(t *tally.Total, stage sample.Stage) {
	if stage == sample.Warmup {
		s.warmup.Add(&t.Counts)
		return
	}
	if s.failures == nil {
		s.failures = tally.Failures{}
	}
	s.steady.Add(&t.Counts)
	s.failures.Merge(t.Failures)
	s.added = append(s.added, t)
}

// told is how the flow stands, with its gauges.
func (s *standing) told(g Gauge, open bool) Standing {
	c := &s.steady
	out := Standing{
		Sessions: c.Sessions(g.Peak),
		Messages: c.Messages(), Warmup: s.warmup.Messages(),
		Recipients: c.Recipients(),
		Failures:   s.failures.Figures(), added: s.added,
	}
	if open {
		out.Arrivals = &tally.ArrivalCounts{Due: g.Due, Begun: g.Begun}
	}
	return out
}
