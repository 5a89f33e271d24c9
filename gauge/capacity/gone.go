package capacity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Silence is a flow whose server gave no session of a trial an answer.
type Silence struct {
	Flow  string `json:"flow"`
	Error string `json:"error"` // the commonest that the trial's end did not make, for people
	// Few tells that the flow had hardly any sessions while another flow got an answer: a
	// server that is overloaded may have refused just these.
	Few bool `json:"few,omitempty"`
}

// leastSilent is of how many sessions a flow gets no answer before that tells more than what
// another flow got.
const leastSilent = 10

// noAnswer are the classes of errors of a session that ended before its server said anything.
// A proxy before a server that is gone resets connections, or closes them.
var noAnswer = []string{
	sample.ResolveFailed.String(), sample.Refused.String(), sample.ConnectTimeout.String(), sample.Timeout.String(),
	sample.Reset.String(), sample.Closed.String(), sample.Canceled.String(),
}

// answers are the phases that end with octets of the server. The kernel establishes a
// connection although nobody accepts it.
func answers(yield func(sample.Phase) bool) {
	for p := sample.Connect + 1; p < sample.SpanMessage; p++ {
		if !yield(p) {
			return
		}
	}
}

// silences lists the flows whose server answered no session of a trial. Nothing is known of
// a flow without a session, or if the generator's own limits ended one.
func silences(res *figures.Result) []Silence {
	var list []Silence
	answered := false
	for _, f := range res.FlowsInOrder() {
		answered = answered || isAnswered(f)
	}
	for name, f := range res.FlowsInOrder() {
		if isSilent(f) {
			e := &f.Errors[0] // the commonest
			for i := range f.Errors {
				if e = &f.Errors[i]; e.Class != sample.Canceled.String() {
					break
				}
			}
			few := answered && f.Sessions.Started < leastSilent
			list = append(list, Silence{name, errorText(e.Class, e.Phase, e.Example), few})
		}
	}
	return list
}

// isAnswered tells whether a session of a flow got an answer.
func isAnswered(f *figures.Flow) bool {
	for p := range answers {
		if f.Phase(p) != nil {
			return true
		}
	}
	for i := range f.Errors {
		if f.Errors[i].Code != 0 {
			return true
		}
	}
	return false
}

func isSilent(f *figures.Flow) bool {
	if isAnswered(f) {
		return false
	}
	for i := range f.Errors {
		if e := &f.Errors[i]; e.Expected || !slices.Contains(noAnswer, e.Class) {
			return false
		}
	}
	return len(f.Errors) > 0
}

// isHeard tells whether a flow's server answered in an interval.
func isHeard(f *record.FlowProgress) bool {
	for p := range answers {
		if f.Added(p, sample.Service).Count() > 0 {
			return true
		}
	}
	return false
}

// isUnanswered tells whether the server of a flow seems to be gone, so that a trial tells nothing
// of its rate.
func (m *Measured) isUnanswered() bool {
	return slices.ContainsFunc(m.Silent, func(s Silence) bool { return !s.Few })
}

// silentText says why a trial is Unanswered.
func silentText(list []Silence) string {
	var flows []string
	for _, s := range list {
		flows = append(flows, s.Flow+" ("+s.Error+")")
	}
	return "no session got an answer: flow " + strings.Join(flows, ", flow ")
}

// A Gone is a server that stopped answering: no session got an answer in the last trials.
type Gone struct {
	Flows  []string  `json:"flows"`            // that it was the server of
	Error  string    `json:"error"`            // what their sessions came to, for people
	Since  time.Time `json:"since,omitzero"`   // when it answered last, by the second; the zero time if it never did
	In     *TrialRef `json:"in,omitempty"`     // in which it answered last; nil if it never did
	Passed *TrialRef `json:"passed,omitempty"` // the last that passed; nil if none did
}

// A TrialRef names a trial.
type TrialRef struct {
	Trial int     `json:"trial"` // by its order in time, from 1
	Rate  float64 `json:"rate"`
}

// goneAfter is in how many trials one after the other a server gives no answer before the
// search gives it up. After each it rests: one that was only restarted is there again.
const goneAfter = 3

// stillThere makes one trial at a lower rate that got an answer, after goneAfter ones at a rate
// that got none: an overload may keep a server from answering at all. If it answers there, t,
// the last of those, shows that its rate is too high. The trial is nil if no such rate is
// known, or if there is no time for it.
func (h *search) stillThere(ctx context.Context, t *Trial) (check *Trial, err error) {
	lower := 0.0
	for _, o := range h.trials {
		if o.Rate < t.Rate && (o.Outcome == Pass || o.Outcome == Undecided) {
			lower = max(lower, o.Rate)
		}
	}
	length := h.length(lower, Doubling)
	if lower == 0 || length > h.plan.Budget-h.took {
		return nil, nil
	}
	m, err := h.load(ctx, lower, length)
	if err != nil || h.by != "" {
		return nil, err
	}
	h.took += m.Took
	check = newTrial(lower, Checking, m, h.plan.Goals)
	stillSilent := slices.ContainsFunc(t.Silent, func(s Silence) bool {
		return slices.ContainsFunc(m.Silent, func(o Silence) bool { return o.Flow == s.Flow })
	})
	switch {
	case stillSilent: // however few its sessions are
		check.Outcome, check.Why = Unanswered, silentText(m.Silent)
	case check.Outcome != Unanswered:
		t.Outcome = Fail
		t.Why += fmt.Sprintf("; afterwards the server answered at %s/s", human.Rate(lower))
	}
	return check, nil
}

// goneIn says how the server of some trials stopped answering; nil if it answered in the
// last one.
func goneIn(trials []*Trial) *Gone {
	if len(trials) == 0 || trials[len(trials)-1].Outcome != Unanswered {
		return nil
	}
	silent := trials[len(trials)-1].Silent
	g := &Gone{}
	for _, s := range silent {
		g.Flows = append(g.Flows, s.Flow)
		if g.Error == "" {
			g.Error = s.Error
		}
	}
	for i, t := range trials {
		ref := &TrialRef{i + 1, t.Rate}
		if t.Outcome == Pass {
			g.Passed = ref
		}
		for _, s := range silent {
			if at := t.Heard[s.Flow]; at.After(g.Since) {
				g.Since, g.In = at.UTC(), ref
			}
		}
	}
	return g
}

// says is what became of the server, in one sentence. several tells that the load has more
// flows than one.
func (g *Gone) says(several bool) string {
	server := "the server"
	if several {
		server += " of flow " + strings.Join(g.Flows, ", ")
	}
	if g.In == nil {
		return fmt.Sprintf("%s never answered (%s)", server, g.Error)
	}
	text := fmt.Sprintf("%s stopped answering (%s): it answered last at %s UTC, in trial %d at %s messages/s",
		server, g.Error, g.Since.Format(time.TimeOnly), g.In.Trial, human.Rate(g.In.Rate))
	switch {
	case g.Passed == nil:
		return text + "; no trial had passed by then"
	case g.Passed.Trial == g.In.Trial:
		return text + ", the last trial that passed"
	}
	return text + fmt.Sprintf("; the last trial that passed was trial %d, at %s messages/s", g.Passed.Trial, human.Rate(g.Passed.Rate))
}
