package loadgen

import (
	"encoding/json"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A Plan says everything that a run does. scenarios.Scenario.Plan makes one from a
// scenario. A run does not change its plan.
type Plan struct {
	Name   string
	Seed   uint64 // of arrivals, envelopes and messages
	Flows  []Flow
	InTurn bool          // the flows run one after the other; otherwise all at once
	Rounds int           // how often all flows run; 0 means 1
	Warmup time.Duration // at the start of each round of each flow, measured apart

	// MayLoad names hosts that the user may load although they are neither this
	// machine nor on a private network. They are written as in Target.Host.
	// Every address is checked each time it is looked up, and the engine
	// connects to no other.
	MayLoad []string

	// MadeBy is the command whose flags the plan was made of, such as quick; empty if
	// somebody wrote a scenario. Advice is in the terms of what they can change.
	MadeBy string

	// Scenario is the resolved scenario as JSON, without secrets, for the run
	// file. The engine does not read it.
	Scenario json.RawMessage
}

// Secrets returns the passwords and tokens of all accounts. A server may send one
// in a session of another flow, so every flow's texts are searched for all.
func (p *Plan) Secrets() *smtpwire.Secrets {
	var accounts [][]smtpwire.Credentials
	for i := range p.Flows {
		accounts = append(accounts, p.Flows[i].Session.Accounts)
	}
	return smtpwire.NewSecrets(accounts...)
}

// A Flow is one kind of traffic within a plan.
type Flow struct {
	Name     string
	Target   Target
	Session  Session
	Load     Load
	Mail     mail.Options
	Timeouts Timeouts
	Expect   sample.Expectation // which rejections are wanted
}

// EvenGap returns the smallest gap between the arrivals of a flow that are evenly spaced,
// and the name of that flow. It returns 0 if there is no such flow.
func (p *Plan) EvenGap() (gap time.Duration, flow string) {
	for i := range p.Flows {
		load := &p.Flows[i].Load
		for _, stage := range load.Stages {
			if rate := max(stage.From, stage.To); rate > 0 && load.Process == pace.Uniform {
				if g := time.Duration(float64(time.Second) / float64(rate)); gap == 0 || g < gap {
					gap, flow = max(g, 1), p.Flows[i].Name
				}
			}
		}
	}
	return gap, flow
}

// A Session says what each connection does.
type Session struct {
	Wire     smtpwire.Options
	Accounts []smtpwire.Credentials // taken in turn; none means no AUTH
	Messages int                    // for each connection; 0 means as many as the load lasts for
	Think    time.Duration          // from the end of a message to the next one
}

// A Unit is what an open load's rate counts.
type Unit uint8

// The units of arrivals.
const (
	Sessions Unit = iota // each arrival is a connection with all its messages
	Messages             // each arrival is a message, on a connection of a pool
)

// String returns the unit as it stands in scenarios and results.
func (u Unit) String() string {
	if u == Messages {
		return "messages"
	}
	return "sessions"
}

// A Load says how much is sent, and when. If Stages is empty it is closed: each of
// so many sessions starts its next message when the last is done. Otherwise it is
// open: arrivals are due at times set ahead, whatever the server does.
type Load struct {
	// A closed load.
	Sessions int           // connections at once
	Messages int64         // of all sessions together; 0 sets no number
	Duration time.Duration // 0 means until Messages are done
	Ramp     time.Duration // the starts of the sessions are spread over this time

	// An open load.
	Stages      []pace.Stage // the rate over time
	Unit        Unit         // what arrives
	Process     pace.Process // how arrivals are spread around the rate
	MaxSessions int          // connections at once; an arrival that finds all busy waits, and its wait counts
}

// Open tells whether the load is open.
func (l *Load) Open() bool { return l.Kind() == sample.OpenLoad }

// Kind returns whether the load is open or closed.
func (l *Load) Kind() sample.LoadKind {
	if len(l.Stages) > 0 {
		return sample.OpenLoad
	}
	return sample.ClosedLoad
}

// Timeouts limit each wait for the server. Zero means the default.
type Timeouts struct {
	Connect time.Duration // for connecting, all addresses of the target together; default 5 s
	TLS     time.Duration // for the handshake; default 5 s
	Command time.Duration // for the banner and each reply before the final dot; default 30 s
	Body    time.Duration // for the reply to the final dot; default 60 s
}
