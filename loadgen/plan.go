package loadgen

import (
	"encoding/json"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A Plan is a scenario resolved: everything a run does, with nothing left to
// look up. Runs only read it.
type Plan struct {
	Name   string
	Seed   uint64 // of arrivals, envelopes and messages
	Flows  []Flow
	InTurn bool          // flows one after the other; otherwise all at once
	Rounds int           // how often the flows are gone through; 0 means 1
	Warmup time.Duration // at the start of each flow and round, measured apart

	// MayLoad names hosts, as the flows' targets do, that are the user's to load
	// though they are neither this machine nor on a private network. Nothing else
	// is connected to: every address is judged each time it was looked up.
	MayLoad []string

	// Scenario is the resolved scenario as JSON, without secrets. The engine
	// carries it and does not look inside.
	Scenario json.RawMessage
}

// secrets are the passwords and tokens of all accounts. A server may say one to
// a session of another flow, so no flow's texts are searched for its own alone.
func (p *Plan) secrets() *smtpwire.Secrets {
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
}

// A Session says what each connection does.
type Session struct {
	Wire     smtpwire.Options
	Accounts []smtpwire.Credentials // taken in turn; none means no AUTH
	Messages int                    // a connection; 0 means as long as the load lasts
	Think    time.Duration          // between the end of a message and the next one
}

// Unit is what an open load's rate counts.
type Unit uint8

// The units of arrivals.
const (
	Sessions Unit = iota
	Messages
)

// String returns the unit as it stands in scenarios and results.
func (u Unit) String() string {
	if u == Messages {
		return "messages"
	}
	return "sessions"
}

// A Load says how much, and when. It is closed where Stages is empty: Sessions
// connections, each starting its next message when the last is done. It is
// open otherwise: arrivals are due at times set ahead, whatever the server
// does.
type Load struct {
	Sessions int           // closed: how many at once
	Messages int64         // closed: a fixed amount, all sessions together; 0 for none
	Duration time.Duration // closed: how long; 0 with Messages means until they are done
	Ramp     time.Duration // closed: the starts of the sessions are spread over this

	Stages      []pace.Stage // open: the rate over time
	Unit        Unit         // open: what arrives
	Process     pace.Process // open: how arrivals are spread
	MaxSessions int          // open: connections at once; an arrival beyond waits, and its wait counts
}

// Open tells whether arrivals are scheduled ahead.
func (l *Load) Open() bool { return l.Kind() == sample.OpenLoad }

// Kind tells whether the load is open or closed.
func (l *Load) Kind() sample.LoadKind {
	if len(l.Stages) > 0 {
		return sample.OpenLoad
	}
	return sample.ClosedLoad
}

// Timeouts limit each wait for the server. Zero means the default given here.
type Timeouts struct {
	Connect time.Duration // 5 s
	TLS     time.Duration // 5 s
	Command time.Duration // 30 s: the banner and every reply before the final dot
	Body    time.Duration // 60 s: the reply to the final dot
}
