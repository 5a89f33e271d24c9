package madeup

import (
	"io"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The messages and sessions of a flow in a second. No session goes on into the next.
const (
	messagesPerSecond = 200
	sessionsPerSecond = 10
)

// A Run says what to make up. It uses the flows and the rounds of the plan. All flows run at
// once, whatever the plan says.
type Run struct {
	Header  record.Header
	Plan    *loadgen.Plan
	Seconds int             // of each round
	Added   []time.Duration // to each RCPT, by flow; 0 for flows that it does not have
	Slowing []time.Duration // what is added to them in an hour; likewise
}

// added is what a flow's RCPTs take longer, so long after the run began.
func (r *Run) added(flow int, after time.Duration) (sum time.Duration) {
	if flow < len(r.Added) {
		sum += r.Added[flow]
	}
	if flow < len(r.Slowing) {
		sum += time.Duration(after.Hours() * float64(r.Slowing[flow]))
	}
	return sum
}

// NewRun returns a Run of a plan with rounds of a second. c has what it is judged by.
func NewRun(p *loadgen.Plan, c criteria.Criteria) Run {
	return Run{Header: record.NewHeader(p, c), Plan: p, Seconds: 1}
}

// Phases returns how many phases are made up. The message is one of them.
func Phases() int { return len(messagePhases) + len(sessionPhases) + 1 }

// The phases that are made up, with their medians.
var (
	messagePhases = map[sample.Phase]time.Duration{
		sample.Mail: 30 * time.Microsecond, sample.Rcpt: 35 * time.Microsecond,
		sample.Data: 35 * time.Microsecond, sample.Body: 20 * time.Microsecond,
	}
	sessionPhases = map[sample.Phase]time.Duration{
		sample.Connect: 8 * time.Microsecond, sample.TLS: 2 * time.Millisecond, sample.Banner: 60 * time.Microsecond,
		sample.EHLO: 50 * time.Microsecond, sample.StartTLS: 60 * time.Microsecond, sample.EHLOTLS: 50 * time.Microsecond, sample.Auth: 90 * time.Microsecond,
		sample.Quit: 30 * time.Microsecond,
	}
)

// second records a second of a flow. Each RCPT takes added longer.
func (m *Machine) second(r sample.Recorder, s sample.Series, factor float64, added time.Duration) {
	for range sessionsPerSecond {
		r.Session(s, sample.SessionStarted)
		sum := time.Duration(0)
		for p := range sample.Phase(sample.NumPhases) {
			if median := sessionPhases[p]; median > 0 {
				t := m.time(median, factor)
				sum += t
				r.Service(s, p, t)
			}
		}
		r.Service(s, sample.SpanSession, sum)
		r.Session(s, sample.SessionCompleted)
	}
	for range messagesPerSecond {
		now, sum := factor*m.message(), time.Duration(0)
		for _, p := range [...]sample.Phase{sample.Mail, sample.Rcpt, sample.Data, sample.Body} {
			t := m.time(messagePhases[p], now)
			if p == sample.Rcpt {
				t += added
			}
			sum += t
			r.Service(s, p, t)
		}
		r.Service(s, sample.SpanMessage, sum)
		r.Message(s, sample.Accepted, sample.Steady, 1, 0)
	}
}

// Write makes a run up and writes its file.
func (m *Machine) Write(w io.Writer, run Run) error {
	written := make(chan struct{})
	collector, err := record.NewCollector(w, run.Header, run.Plan, 1, func(*record.Progress) { written <- struct{}{} })
	if err != nil {
		return err
	}
	began := sample.Instant(run.Header.Started.UnixNano())
	r, rounds := collector.Recorder(0), max(1, run.Plan.Rounds)
	tick := sample.Tick{To: began}
	for round := range rounds {
		factor, from := m.round(), tick.To
		for second := range run.Seconds {
			last := second == run.Seconds-1
			tick.From, tick.To, tick.Last = tick.To, tick.To.Add(time.Second), last && round == rounds-1
			tick.Busy = m.time(30*time.Millisecond, factor)
			for i := range run.Plan.Flows {
				s := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
				m.second(r, s, factor, run.added(i, tick.From.Sub(began)))
				if last {
					r.Window(s, from, tick.To)
				}
			}
			r.Tick(tick)
			<-written // so that the shard does not run ahead of the collector
		}
	}
	_, err = collector.Close(&sample.Report{Started: began, Ended: tick.To, Shards: 1}, generator.Usage{CPU: time.Second, GOMAXPROCS: 2})
	return err
}
