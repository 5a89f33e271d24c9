package limits

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

const (
	// nearlyAll is the share of the sessions allowed that have to be open: those that end
	// are replaced, and a second looks at both.
	nearlyAll = 0.9
	// A wait for a session that is longer than this share of the time of a message is no
	// chance: it is as if each session had always another message waiting.
	longWait = 0.3
	// A server that takes so many times as long for a message as with fewer sessions in use
	// is slowed by its load: more sessions would slow it further.
	slowed = 1.5
)

// wait is how long an arrival of an open load waited for a session, by the medians of its lag
// and of the generator's lateness, which is a part of that; 0 of a closed load.
func (f *Flow) wait() time.Duration {
	for _, span := range []sample.Phase{sample.SpanMessage, sample.SpanSession} {
		if d, ok := f.Total.Hists[tally.SlotOf(span, sample.Lag)].Quantile(0.5); ok {
			late, _ := f.Total.Hists[tally.LateSlot].Quantile(0.5)
			return max(0, d-late)
		}
	}
	return 0
}

// sessionsUsedUp looks for arrivals that waited because the load allows no more sessions.
// Whether it is the server that keeps the sessions busy shows in the lightest of the stages in
// which they waited: a message takes longer there than in the lightest without, if there is one.
func (f *finder) sessionsUsedUp(flow *Flow) {
	if flow.Limit == 0 {
		return
	}
	stages := flow.Stages
	if len(stages) == 0 {
		stages = []Stage{flow.asStage()}
	}
	var used, free *Stage
	for i := range stages {
		switch s := &stages[i]; {
		case s.Accepted < enoughMessages || s.Time == 0:
		case s.usedUp(flow.Limit):
			if used == nil || s.Offered < used.Offered {
				used = s
			}
		case free == nil || s.Offered < free.Offered:
			free = s
		}
	}
	if used == nil {
		return
	}
	sure := Certain
	if free != nil {
		if float64(used.Time) > slowed*float64(free.Time) {
			return
		}
	} else if float64(used.Time) > slowed*float64(shortest(flow.times(sample.SpanMessage))) {
		if left, known := f.isIdle(used.Cores, used.Idle); known && !left {
			return
		}
		sure = Possible // it may be slow because of so many
	}
	f.add(SessionsUsedUp, sure,
		"the limit of sessions is the load's own, not the server's: so many carry no more at the time that the server takes for a message",
		"allow more sessions (max_sessions in a scenario, --sessions of quick): the server may carry more with them",
		"up to %s of the %s allowed were open, and at the median an arrival waited %s for a free one, while a message took %s; it carried %s messages/s",
		human.Count(used.Peak), human.CountOf(flow.Limit, "session"), human.Duration(used.Wait), human.Duration(used.Time), human.Rate(used.Rate))
}

// shortest is the least of some times; 0 if there are none.
func shortest(h *histogram.Histogram) time.Duration {
	for d := range h.All() {
		return d
	}
	return 0
}

// usedUp tells whether arrivals waited for one of so many sessions.
func (s *Stage) usedUp(limit int64) bool {
	return float64(s.Peak) >= nearlyAll*float64(limit) && float64(s.Wait) >= longWait*float64(s.Time)
}
