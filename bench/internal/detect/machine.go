//go:build linux

package main

import (
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results"
)

// A machine is what the rounds of one comparison are made on, in the order of
// time. Its speed drifts, and wanders: what a round finds, the next one still
// feels. Now and then something else spoils a round.
type machine struct {
	random *rand.Rand
	drift  float64 // of the logarithm of all times, a round
	level  float64 // the same, so far
	wander float64 // likewise
	alike  float64 // messages, one after the other
}

func newMachine(seed, n uint64) *machine {
	m := &machine{random: rand.New(rand.NewPCG(seed, n))}
	m.drift = 0.005 * m.random.NormFloat64()
	return m
}

// round begins a round: how many times as long as usual all takes in it.
func (m *machine) round() float64 {
	m.level += m.drift
	m.wander = 0.5*m.wander + 0.015*m.random.NormFloat64()
	factor := math.Exp(m.level + m.wander)
	if m.random.IntN(10) == 0 {
		factor *= 1 + 0.2*m.random.Float64()
	}
	return factor
}

// message begins a message: how many times as long as usual all takes in it.
// That changes slowly, so that messages that follow one another are alike.
func (m *machine) message() float64 {
	m.alike = 0.9*m.alike + 0.03*m.random.NormFloat64()
	return math.Exp(m.alike)
}

// time is one answer's, around its median. Few take very long (Pareto's law).
func (m *machine) time(median time.Duration, factor float64) time.Duration {
	t := factor * float64(median) * math.Exp(0.25*m.random.NormFloat64())
	if m.random.IntN(50) == 0 {
		t *= math.Pow(1-m.random.Float64(), -1/1.5)
	}
	return time.Duration(t)
}

// The phases that are made up, with their medians.
var (
	messagePhases = map[smtpwire.Phase]time.Duration{
		smtpwire.Mail: 30 * time.Microsecond, smtpwire.Rcpt: 35 * time.Microsecond,
		smtpwire.Data: 35 * time.Microsecond, smtpwire.Body: 20 * time.Microsecond,
	}
	sessionPhases = map[smtpwire.Phase]time.Duration{
		smtpwire.Connect: 8 * time.Microsecond, smtpwire.TLS: 2 * time.Millisecond, smtpwire.Banner: 60 * time.Microsecond,
		smtpwire.EHLO: 50 * time.Microsecond, smtpwire.StartTLS: 60 * time.Microsecond, smtpwire.Auth: 90 * time.Microsecond,
		smtpwire.Quit: 30 * time.Microsecond,
	}
)

// second records what a flow does in a second, with so much added at RCPT.
func (m *machine) second(r loadgen.Recorder, s loadgen.Series, factor float64, added time.Duration) {
	for range madeSessions {
		r.Session(s, loadgen.SessionStarted)
		sum := time.Duration(0)
		for p := range smtpwire.Phase(smtpwire.NumPhases) {
			if median := sessionPhases[p]; median > 0 {
				t := m.time(median, factor)
				sum += t
				r.Service(s, p, t)
			}
		}
		r.Service(s, smtpwire.SpanSession, sum)
		r.Session(s, loadgen.SessionCompleted)
	}
	for range madeRate {
		now, sum := factor*m.message(), time.Duration(0)
		for p := smtpwire.Mail; p <= smtpwire.Body; p++ {
			t := m.time(messagePhases[p], now)
			if p == smtpwire.Rcpt {
				t += added
			}
			sum += t
			r.Service(s, p, t)
		}
		r.Service(s, smtpwire.SpanMessage, sum)
		r.Message(s, smtpwire.Accepted, loadgen.Steady, 1, 0)
	}
}

// write makes a run up and writes its file.
func (m *machine) write(w io.Writer, h results.Header, plan *loadgen.Plan, seconds int, added time.Duration) error {
	written := make(chan struct{})
	collector, err := results.NewCollector(w, h, plan, 1, func(*results.Interval) { written <- struct{}{} })
	if err != nil {
		return err
	}
	began, factor := smtpwire.Instant(h.Started.UnixNano()), m.round()
	r := collector.Recorder(0)
	tick := loadgen.Tick{To: began}
	for second := range seconds {
		tick.From, tick.To, tick.Last = tick.To, tick.To.Add(time.Second), second == seconds-1
		tick.Busy = m.time(30*time.Millisecond, factor)
		for i := range plan.Flows {
			s := loadgen.Series{Flow: i, Stage: loadgen.Steady}
			m.second(r, s, factor, added)
			if tick.Last {
				r.Window(s, began, tick.To)
			}
		}
		r.Tick(tick)
		<-written // no faster than that: a collector lets shards run ahead for ever
	}
	_, err = collector.Close(&loadgen.Report{Started: began, Ended: tick.To, Shards: 1}, results.Generator{CPU: time.Second, GOMAXPROCS: 2})
	return err
}
