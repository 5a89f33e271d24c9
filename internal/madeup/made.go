package madeup

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/record"
)

const us = time.Microsecond

// A Flow is a flow whose times are given.
type Flow struct {
	Name     string
	Port     int
	TLS      sample.TLSMode
	Auth     string
	Messages int // of each session
	Pipeline sample.Switch
	Sessions map[sample.Phase]time.Duration // times of each session
	Message  map[sample.Phase]time.Duration // times of each message
	Span     time.Duration                  // of each message
	CPU      time.Duration                  // of each message
	Failing  int                            // messages of each round that are rejected
}

// MadePorts returns the flows of the built-in matrix, with times that are easy to add up.
func MadePorts() []Flow {
	plain := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 150 * us, sample.Quit: 100 * us}
	secured := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 150 * us, sample.StartTLS: 100 * us, sample.EHLOTLS: 150 * us, sample.TLS: 1350 * us, sample.Quit: 100 * us}
	authed := map[sample.Phase]time.Duration{sample.Auth: 500 * us}
	implicit := map[sample.Phase]time.Duration{sample.Connect: 100 * us, sample.Banner: 50 * us, sample.EHLO: 150 * us, sample.TLS: 1200 * us, sample.Quit: 100 * us}
	for p, d := range secured {
		authed[p] = d
	}
	withAuth := map[sample.Phase]time.Duration{sample.Auth: 400 * us}
	for p, d := range implicit {
		withAuth[p] = d
	}
	mail := map[sample.Phase]time.Duration{sample.Mail: 100 * us, sample.Rcpt: 100 * us, sample.Data: 100 * us, sample.Body: 200 * us}
	piped := map[sample.Phase]time.Duration{sample.MailRcptData: 100 * us, sample.Body: 200 * us}
	none, starttls := sample.TLSNone, sample.TLSStart
	return []Flow{
		{"relay-25", 25, none, "", 10, sample.Off, plain, mail, 560 * us, 20 * us, 0},
		{"relay-25-pipelined", 25, none, "", 10, sample.On, plain, piped, 360 * us, 12 * us, 0},
		{"starttls-25", 25, starttls, "", 10, sample.Off, secured, mail, 600 * us, 60 * us, 0},
		{"submit-587", 587, starttls, "PLAIN", 10, sample.Off, authed, mail, 600 * us, 70 * us, 0},
		{"submit-587-new", 587, starttls, "PLAIN", 1, sample.Off, authed, mail, 600 * us, 500 * us, 0},
		{"smtps-465", 465, sample.TLSImplicit, "PLAIN", 10, sample.Off, withAuth, mail, 600 * us, 65 * us, 0},
		{"alt-2525", 2525, starttls, "PLAIN", 10, sample.Off, authed, mail, 600 * us, 70 * us, 0},
	}
}

// MadePlan returns a plan of flows.
func MadePlan(flows []Flow, rounds int) *loadgen.Plan {
	p := &loadgen.Plan{Name: "matrix", Seed: 7, Rounds: rounds, InTurn: true}
	alike := map[string]struct{}{} // the flows of the scenario, which differ in nothing else
	for i, f := range flows {
		flow := loadgen.Flow{Name: f.Name, Target: loadgen.Target{Port: f.Port}, Load: loadgen.Load{Sessions: 8, Duration: time.Second}}
		flow.Session = loadgen.Session{Wire: smtpwire.Options{TLS: f.TLS, Pipelining: f.Pipeline}, Messages: f.Messages}
		if f.Auth != "" {
			flow.Session.Accounts = []smtpwire.Credentials{{Mechanism: f.Auth, Username: "bench"}}
		}
		flow.Mail.Seed = uint64(i)
		p.Flows = append(p.Flows, flow)
		alike[f.Name] = struct{}{}
	}
	p.Scenario, _ = json.Marshal(map[string]any{"flows": alike}) // strings marshal
	return p
}

// Made returns a run of flows, read back from its file. Each round of a flow has 100 messages
// and takes a second in which no other flow runs. All times are 1 % longer in each further
// round.
func Made(tb testing.TB, flows []Flow, rounds int) *record.Run {
	tb.Helper()
	plan := MadePlan(flows, rounds)
	h := Header(plan)
	h.Environment = record.Environment{OS: "linux", Arch: "amd64", Cores: 2, Go: "go1.26.0", Version: "v0.1.0"}
	_, file := Recorded(tb, h, plan, time.Duration(rounds*len(flows))*time.Second, func(r sample.Recorder) {
		n := 0
		for round := range rounds {
			for i := range flows {
				n++
				s := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
				tick := sample.Tick{
					From: samples.At(time.Duration(n-1) * time.Second), To: samples.At(time.Duration(n) * time.Second), Last: n == rounds*len(flows),
					Open: make([]int, len(flows)), Peak: make([]int, len(flows)), Due: make([]int64, len(flows)), Begun: make([]int64, len(flows)),
				}
				drift := 1 + 0.01*float64(round)
				tick.Busy = time.Duration(float64(flows[i].CPU) * 100 * drift)
				flows[i].round(r, s, drift)
				r.Window(s, tick.From, tick.To)
				r.Tick(tick)
			}
		}
	})
	run, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// round records a round of the flow.
func (f *Flow) round(r sample.Recorder, s sample.Series, drift float64) {
	times := func(p sample.Phase, d time.Duration, n int) {
		for range n {
			r.Service(s, p, time.Duration(float64(d)*drift))
		}
	}
	sessions := 100 / f.Messages
	for range sessions {
		r.Session(s, sample.SessionStarted)
		r.Session(s, sample.SessionCompleted)
	}
	for p, d := range f.Sessions {
		times(p, d, sessions)
	}
	for p, d := range f.Message {
		times(p, d, 100)
	}
	times(sample.SpanMessage, f.Span, 100)
	for n := range 100 {
		outcome := sample.Accepted
		if n < f.Failing {
			outcome = sample.Rejected
		}
		r.Message(s, outcome, s.Stage, 0, 0)
	}
}
