package capacity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// goneAfter is in how many trials one after the other a server gives no answer before the
// search gives it up. After each it rests: one that was only restarted is there again.
const goneAfter = 3

// leastAsked is in how many trials one after the other it gives none before it is called gone at
// the end of the budget: it was asked again once.
const leastAsked = 2

// A quietFlow is one whose server answered none of the last trials that had sessions of its flow.
type quietFlow struct {
	name     string
	trials   int
	sessions int64
	few      bool    // an overload may be why: see Silence
	offered  float64 // messages of all flows in these trials
}

// isGone tells whether the server of a flow was asked often enough.
func (q *quietFlow) isGone() bool { return !q.few || q.sessions >= leastSilent }

// messages is how many of all flows have to be offered for so many sessions of this one, with some
// more to leave room for chance.
func (q *quietFlow) messages(sessions int64) float64 {
	if q.sessions == 0 {
		return 0 // it is not known
	}
	return 1.5 * float64(sessions) * q.offered / float64(q.sessions)
}

// quiet lists the flows whose server answered neither a new trial nor those before it, goneAfter
// of them together.
func (h *search) quiet(t *Trial) []quietFlow {
	var list []quietFlow
	for i := range t.Silent {
		q := quietFlow{name: t.Silent[i].Flow, few: t.Silent[i].Few}
		for _, o := range slices.Backward(append(slices.Clone(h.trials), t)) {
			s, known := o.silenceOf(q.name)
			if known && s == nil {
				break
			}
			if known {
				q.trials, q.sessions, q.offered = q.trials+1, q.sessions+s.Sessions, q.offered+o.Rate*float64(len(o.Blocks))
			}
		}
		if _, known := t.silenceOf(q.name); known && q.trials >= goneAfter {
			list = append(list, q)
		}
	}
	return list
}

// stillThere tells whether the server of flows that were quiet until a trial t is gone. An overload
// may keep a server from answering at all, so one trial is made at a lower rate, which was answered
// before if any was. If it is answered, t shows that its rate is too high. The trial is nil if
// there is no such rate, or no time for it.
func (h *search) stillThere(ctx context.Context, t *Trial, quiet []quietFlow) (check *Trial, gone bool, err error) {
	lower, heard := h.answeredAt(t.Rate, quiet)
	if lower == 0 {
		return nil, t.giveUp(quiet, heard), nil
	}
	length := h.checkLength(lower, quiet)
	if length > h.plan.Budget-h.took {
		return nil, t.giveUp(quiet, heard), nil
	}
	m, err := h.load(ctx, lower, length)
	if err != nil || h.by != "" {
		return nil, false, err
	}
	h.took += m.Took
	check = newTrial(lower, Checking, m, h.plan.Goals)
	var silent []Silence
	for _, q := range quiet {
		s, known := m.silenceOf(q.name)
		switch {
		case !known:
			continue
		case s == nil:
			if t.Outcome == Unanswered {
				t.Outcome = Fail
			}
			t.Why += fmt.Sprintf("; afterwards the server answered at %s/s", human.Rate(lower))
			return check, false, nil
		}
		q.sessions += s.Sessions
		if q.isGone() { // however few its sessions are in this trial
			silent = append(silent, *s)
		}
	}
	if len(silent) > 0 {
		check.Silent, check.Outcome, check.Why = silent, Unanswered, silentText(silent)
	}
	return check, len(silent) > 0, nil
}

// giveUp tells whether the server of flows that were quiet until a trial is gone, if no trial at a
// lower rate can tell. heard is the highest rate at which it answered: an overload explains that
// a flow with few sessions is quiet above that.
func (t *Trial) giveUp(quiet []quietFlow, heard float64) bool {
	if t.Outcome == Unanswered {
		return true
	}
	var silent []Silence
	for _, s := range t.Silent {
		if slices.ContainsFunc(quiet, func(q quietFlow) bool { return q.name == s.Flow && q.isGone() }) {
			silent = append(silent, s)
		}
	}
	if heard < t.Rate || len(silent) == 0 {
		return false
	}
	t.Silent, t.Outcome, t.Why = silent, Unanswered, silentText(silent)
	return true
}

// firstCheck is which part of a rate is tried at the most if no trial got an answer yet.
const firstCheck = 1.0 / 8

// answeredAt is the rate, below another one, at which a server that has become quiet is to be asked
// again, 0 if there is none; and the highest rate at which it ever answered.
func (h *search) answeredAt(rate float64, quiet []quietFlow) (lower, heard float64) {
	for _, o := range h.trials {
		if slices.ContainsFunc(quiet, func(q quietFlow) bool {
			s, known := o.silenceOf(q.name)
			return s != nil || !known
		}) {
			continue
		}
		heard = max(heard, o.Rate)
		if o.Rate < rate && (o.Outcome == Pass || o.Outcome == Undecided) {
			lower = max(lower, o.Rate)
		}
	}
	if heard > 0 {
		return lower, heard
	}
	at := float64(usualFrom)
	for _, q := range quiet {
		at = max(at, q.messages(leastChecked)/(2*h.plan.Trial).Seconds())
	}
	if at = min(at, rate*firstCheck); at >= leastRate {
		lower = at
	}
	return lower, heard
}

// leastChecked is how many sessions of each quiet flow a check is to have at least.
const leastChecked = 3

// checkLength is how long a check at a rate has to be, to have enough sessions of the flows that are
// quiet, as far as time is left.
func (h *search) checkLength(rate float64, quiet []quietFlow) time.Duration {
	length := h.length(rate, Doubling)
	most := min(mostExtended*2*h.plan.Trial, (h.plan.Budget - h.took).Truncate(time.Second))
	for _, q := range quiet {
		seconds := q.messages(max(leastChecked, leastSilent-q.sessions)) / rate
		length = max(length, min(time.Duration(math.Ceil(min(seconds, 1e6)))*time.Second, most))
	}
	return length
}
