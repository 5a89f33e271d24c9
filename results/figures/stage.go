package figures

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A LoadStage is the figures of one stage of a load that has several, all rounds together.
// Everything but Rate is of the arrivals that were due in it, whenever they were done, so
// the stages add up to the flow.
type LoadStage struct {
	Stage    int                  `json:"stage"`    // from 1
	Begin    time.Duration        `json:"begin_ns"` // since the load began, as planned
	For      time.Duration        `json:"for_ns"`   // as planned, in each round
	From     float64              `json:"from"`     // the rate at its beginning, a second, as planned
	To       float64              `json:"to"`       // at its end
	Unit     string               `json:"unit"`     // what arrives: sessions or messages
	Window   time.Duration        `json:"window_ns"`
	Due      int64                `json:"due"`     // arrivals
	Offered  float64              `json:"offered"` // those a second
	Messages tally.MessageCounts  `json:"messages"`
	Rate     float64              `json:"messages_per_second"` // accepted while the stage lasted, whenever they were due
	Phases   map[string]*Phase    `json:"phases"`              // the spans message and session
	Errors   []tally.FailureCount `json:"errors"`
	Waiting  int64                `json:"waiting"` // arrivals due and not done at the stage's end; the most of all rounds

	// QueueGrewAt is when the queue began to grow that the stage ended with: the time
	// since the load began, in the first round in which it did. It is nil if the server
	// kept up.
	QueueGrewAt *time.Duration `json:"queue_grew_at_ns,omitempty"`

	late time.Duration // the median of how late the generator got to its arrivals
}

// newStages are the stages of a flow that began; nil if its load does not have several.
func newStages(r *record.Run, flow int) []LoadStage {
	h := &r.Header.Flows[flow]
	totals := r.StageTotals(flow)
	if totals == nil {
		return nil
	}
	planned := r.Header.Stages[h.Name]
	list := make([]LoadStage, len(totals))
	for round := range r.Header.Rounds {
		windows := r.StageWindows(flow, round)
		for i, q := range queuesIn(r, flow, windows) {
			s := &list[i]
			s.Window += windows[i].Length()
			s.Waiting = max(s.Waiting, q.atEnd)
			if s.QueueGrewAt == nil && q.grew {
				at := max(0, q.since.Sub(windows[0].From))
				s.QueueGrewAt = &at
			}
		}
	}
	begun, begin := list[:0], time.Duration(0)
	for i, s := range list {
		s.Begin = begin
		begin += planned[i].For
		if s.Window == 0 && totals[i] == nil {
			continue
		}
		s.Stage, s.For, s.From, s.To, s.Unit = i+1, planned[i].For, planned[i].From, planned[i].To, h.Unit
		s.fill(totals[i], h.Expect)
		begun = append(begun, s)
	}
	return begun
}

// fill sets the figures that are read off a total; nil if nothing was due.
func (s *LoadStage) fill(t *tally.Total, expected sample.Expectation) {
	if t == nil {
		t = tally.NewTotal()
	}
	s.Due = t.Hists[tally.LateSlot].Count() // of which there is one for each arrival
	s.late, _ = t.Hists[tally.LateSlot].Quantile(0.5)
	s.Offered, s.Messages, s.Rate = PerSecond(s.Due, s.Window), t.Messages(), PerSecond(t.InWindow, s.Window)
	s.Phases, s.Errors = newPhases(t), namedErrors(t, expected)
}

// Arriving is the unit of the stage's rates for people: msg/s or sessions/s.
func (s *LoadStage) Arriving() string {
	h := record.FlowHeader{Unit: s.Unit}
	return h.Arriving()
}

// Judged returns the times of messages that the stage is judged by; nil if there are
// none.
func (s *LoadStage) Judged() *Distribution {
	return s.Phases[sample.SpanMessage.String()].Time(sample.OpenLoad.Judged())
}

// RateThen is the rate planned for when the queue began to grow; 0 if none did.
func (s *LoadStage) RateThen() float64 {
	if s.QueueGrewAt == nil {
		return 0
	}
	gone := float64(*s.QueueGrewAt-s.Begin) / float64(max(1, s.For))
	return s.From + (s.To-s.From)*min(1, max(0, gone))
}
