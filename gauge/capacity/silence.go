package capacity

import (
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Silence is a flow whose server gave no message of a trial an answer, if it greeted its sessions
// or not.
type Silence struct {
	Flow  string `json:"flow"`
	Error string `json:"error"` // the commonest that the trial's end did not make, for people
	// Sessions are those that the trial's end did not cut off.
	Sessions int64 `json:"sessions,omitempty"`
	// Few tells that the flow had hardly any sessions while another flow got an answer: a
	// server that is overloaded may have refused just these.
	Few bool `json:"few,omitempty"`

	ofTime bool // a server that gets no core leaves such errors too
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

// answers are the phases that end with a reply to a part of a message. The kernel establishes a
// connection although nobody accepts it, and a server that hangs may still greet.
func answers(yield func(sample.Phase) bool) {
	for p := sample.Mail; p <= sample.Body; p++ {
		if !yield(p) {
			return
		}
	}
}

// silences lists the flows whose server answered no message of a trial, nor refused any. Nothing is known of
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
			s := Silence{Flow: name, Error: errorText(e.Class, e.Phase, e.Example), Sessions: f.Sessions.Started - f.Sessions.Canceled}
			s.Few = answered && s.Sessions < leastSilent
			s.ofTime = e.Class == sample.Canceled.String() || slices.Contains(ofTime, e.Class)
			list = append(list, s)
		}
	}
	return list
}

// unused lists the flows of whose server a trial tells nothing: it had no session of theirs, or
// its end cut all of them off.
func unused(res *figures.Result) []string {
	var list []string
	for name, f := range res.FlowsInOrder() {
		if f.Sessions.Started <= f.Sessions.Canceled && !isAnswered(f) {
			list = append(list, name)
		}
	}
	return list
}

// isAnswered tells whether a message of a flow got an answer, or a session a reply for which it
// sent none.
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
	return slices.ContainsFunc(m.Silent, func(s Silence) bool { return !s.Few }) && m.servedSilence()
}

// servedSilence tells whether a trial without answers is the server's doing. The end of the
// budget cuts off those that wait for an answer, and a server that waited for a core all the
// while gives none.
func (m *Measured) servedSilence() bool {
	waited := m.Starved != "" && m.Machine != nil && m.Machine.Waited != nil &&
		!slices.ContainsFunc(m.Silent, func(s Silence) bool { return !s.ofTime })
	return !m.Short && !m.Undrained && !waited
}

// silenceOf is the silence of a flow in a trial; nil if it got an answer. known tells whether the
// trial shows which of the two it is.
func (m *Measured) silenceOf(flow string) (s *Silence, known bool) {
	i := slices.IndexFunc(m.Silent, func(s Silence) bool { return s.Flow == flow })
	if slices.Contains(m.Unused, flow) || i >= 0 && !m.servedSilence() {
		return nil, false
	}
	if i < 0 {
		return nil, true
	}
	return &m.Silent[i], true
}

// silentText says why a trial is Unanswered.
func silentText(list []Silence) string {
	var flows []string
	for _, s := range list {
		flows = append(flows, s.Flow+" ("+s.Error+")")
	}
	return "no message got an answer: flow " + strings.Join(flows, ", flow ")
}
