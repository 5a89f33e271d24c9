package capacity

import (
	"cmp"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
)

// A Measured is what a trial measured.
type Measured struct {
	Blocks   []Block       `json:"blocks"`
	Took     time.Duration `json:"took_ns"`         // the draining after it included
	Bound    string        `json:"bound"`           // why the generator spoils the trial; "" if it does not
	Short    bool          `json:"short,omitempty"` // less than its rate was offered, or seen
	Achieved float64       `json:"achieved"`
	P50      time.Duration `json:"p50_ns"` // of the response time of messages
	P99      time.Duration `json:"p99_ns"`
	Errors   int64         `json:"errors"` // messages that the measured seconds ended without acceptance
	// CutOff is what the trial's end cut off, and so is nobody's error: messages that were
	// due and never began, and what was under way.
	CutOff int64 `json:"cut_off,omitempty"`
	// Undrained tells that the time for the search was over before the server had finished
	// what was under way.
	Undrained bool `json:"undrained,omitempty"`
	// AtGoals are the percentiles that the goals limit, in their order; 0 of a goal that
	// limits no time, or of which there is no sample.
	AtGoals []time.Duration `json:"at_goals_ns,omitempty"`
	Usual   string          `json:"usual"`             // the commonest error, for people; "" if there is none
	Refused bool            `json:"refused,omitempty"` // that error is the server's, and none of time
	// Heard says of each flow when its server answered last, by the second, and Silent which
	// flows had sessions and got no answer at all.
	Heard  map[string]time.Time `json:"heard,omitempty"`
	Silent []Silence            `json:"silent,omitempty"`
	Unused []string             `json:"unused,omitempty"` // the flows without a session, but what the trial's end cut off
	Server *ServerSide          `json:"server,omitempty"`

	// Machine is who used the cores, if the server is on the generator's machine; nil if
	// it is not, or if nobody knows. Starved says what kept the server from them; "" if
	// nothing is known to have.
	Machine *serverside.CoreUse `json:"machine,omitempty"`
	Starved string              `json:"starved,omitempty"`

	behind []time.Duration // for how long the oldest messages of each flow waited in the end, about
}

// A ServerSide is what a trial cost the server whose processes were looked at.
type ServerSide struct {
	CPUPerMessage time.Duration `json:"cpu_per_message_ns"`
	Cores         float64       `json:"cores"` // in use
	Of            int           `json:"cores_available"`
}

// A Trial is a rate that was tried, and what it showed.
type Trial struct {
	Rate    float64 `json:"rate"` // messages/s of all flows together
	Stage   Stage   `json:"stage"`
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why"`
	Measured

	hopeless bool
	against  bool  // it is undecided, and broke a goal
	walk     *walk // nil until it is asked for
}

// newTrial judges what a trial measured. A trial that the generator spoiled, or in which
// something else took the server's cores, passes all the same if it kept its goals: the
// delays are part of what was measured. One that offered less than its rate does not. Nor
// do delays explain that a server refuses messages, or is not there: a trial without any
// answer tells nothing of its rate.
func newTrial(rate float64, stage Stage, m Measured, goals []Goal) *Trial {
	t := &Trial{Rate: rate, Stage: stage, Measured: m}
	if m.isUnanswered() {
		t.Outcome, t.Why = Unanswered, silentText(m.Silent)
		return t
	}
	t.Outcome, t.Why = judge(m.Blocks, goals)
	_, t.hopeless = hopeless(m.Blocks, goals)
	t.against = failing(t, goals)
	// Whatever took the cores from the server may be why the generator was late too.
	if why := cmp.Or(m.Starved, m.Bound); m.Short || why != "" && failing(t, goals) && !t.refused(goals) {
		t.Outcome, t.Why = Invalid, why
	}
	if t.Outcome != Pass && m.Errors > 0 && m.Usual != "" {
		t.Why += "; " + m.Usual
	}
	return t
}

// refused tells whether the server's own errors alone break a goal.
func (t *Trial) refused(goals []Goal) bool {
	if !t.Refused {
		return false
	}
	for g := range goals {
		if goals[g].Limit == 0 && total(t.Blocks, g).share() > goals[g].Share {
			return true
		}
	}
	return false
}

// spoiled tells whether something but the server had a part in what a trial shows, even if
// it kept its goals: a server that lacked its cores was slower than it is.
func (t *Trial) spoiled() bool {
	return t.Outcome == Invalid || t.Outcome == Unanswered || t.Starved != ""
}

// spoiledBy is what spoils a trial that is invalid.
func (t *Trial) spoiledBy() Limit {
	if t.Starved != "" {
		return ByMachine
	}
	return ByGenerator
}

// Harmless tells whether the trial is one of those while rates double that had too few messages
// to decide, and showed nothing against its rate: then the next rate is tried.
func (t *Trial) Harmless() bool { return t.Stage == Doubling && t.Outcome == Undecided && !t.against }

// A Stage is the part of a search that a trial belongs to.
type Stage string

// The stages.
const (
	Doubling    Stage = "doubling"
	Halving     Stage = "halving"
	Sharpening  Stage = "sharpening"  // around the boundary, again and again
	Surrounding Stage = "surrounding" // afresh, at 80 and 120 % of the answer
	Confirming  Stage = "confirming"  // afresh, at the lower end of the range
	Checking    Stage = "checking"    // whether the server answers at a lower rate, as it gave no answer at all
)

// decides tells whether a trial is of those that the answer rests on, which are longer.
func (t *Trial) decides() bool {
	return t.Stage == Sharpening || t.Stage == Surrounding || t.Stage == Confirming
}

// A Limit is what ended a search from above.
type Limit string

// The limits.
const (
	ByServer    Limit = "server"
	ByGenerator Limit = "generator"
	ByMachine   Limit = "machine" // that server and generator are on: something else uses its cores
	ByMaximum   Limit = "maximum"
	ByBudget    Limit = "budget"
	ByTrials    Limit = "trials" // they were too short for their messages to tell
	ByGone      Limit = "gone"   // the server stopped answering
)

// An Answer is what a search found.
type Answer struct {
	// Range has the highest rate that keeps the goals. High is 0 if no rate failed, and Low
	// is 0 if none passed, or if the search was ended before it had settled one. All of it is 0 if
	// the last trial was Unanswered: what a server carried before it stopped is no answer.
	Range  Range
	By     Limit
	Why    string // what broke first above the range, or what the generator or the server lacked
	Trials []*Trial
	Took   time.Duration
	// Findings are what most likely limits the server, by all trials together. Whoever
	// searched sets them: see Target.Findings.
	Findings []limits.Finding
}
