package madeup

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Soak is hours of a server that is made up: its times have noise that a second hands on
// to the next, and bursts; its memory has the teeth of a garbage collector.
type Soak struct {
	Hours   float64
	Noise   float64 // of the level of its times, as a share; a second hands it on for about 20 s
	Slowing float64 // an hour, as a share
	Leak    float64 // MB a minute
	Rate    int     // messages a second; 0 for 1.25
	Seed    uint64
}

// Times are made so many seconds at once as a block of an hour's trend has: a step. In each
// moment of it the server is as fast throughout. A look is how often its memory is seen.
const (
	step   = 32
	moment = 4
	look   = 8
)

// Run makes the soak: a run of the open flow of samples.TwoFlows, which is judged by
// thresholds.
func (s Soak) Run(tb testing.TB, thresholds ...string) *record.Run {
	tb.Helper()
	p := samples.TwoFlows(1)
	p.Flows = p.Flows[1:]
	length := time.Duration(s.Hours * float64(time.Hour))
	p.Flows[0].Load.Stages = []pace.Stage{{For: length, From: 5, To: 5}}
	return s.fill(tb, p, length, thresholds)
}

func (s Soak) fill(tb testing.TB, p *loadgen.Plan, length time.Duration, thresholds []string) *record.Run {
	tb.Helper()
	h := Header(p)
	for _, text := range thresholds {
		threshold, err := criteria.ParseThreshold(text)
		if err != nil {
			tb.Fatal(err)
		}
		h.Thresholds = append(h.Thresholds, threshold)
	}
	series := sample.Series{Stage: sample.Steady}
	run, _ := Recorded(tb, h, p, length, func(r sample.Recorder) {
		r.Service(series, sample.SpanMessage, time.Millisecond)
		r.Response(series, sample.SpanMessage, time.Millisecond)
		r.Late(series, 0)
		r.Message(series, sample.Accepted, sample.Steady, 1, 0)
		r.Window(series, samples.At(0), samples.At(length))
		r.Tick(sample.Tick{From: samples.At(0), To: samples.At(length), Open: []int{0}, Peak: []int{1}, Due: []int64{1}, Begun: []int64{1}, Last: true})
	})
	random := rand.New(rand.NewPCG(s.Seed, 7))
	m := &maker{Soak: s, random: random, period: 60 + 140*random.Float64()}
	for n := look; n <= int(length/time.Second); n += look {
		from, to, total := samples.At(time.Duration(n-look)*time.Second), samples.At(time.Duration(n)*time.Second), tally.NewTotal()
		if n%step == 0 {
			total = m.step(float64(n) / 3600)
		}
		run.Trend(0).Add(int64(n), from, to, total)
		memory := m.memory(n) // of several looks, as in a long run
		run.Server.Add(&tally.ServerSample{From: from, To: to, CPU: time.Second, Memory: memory, MemoryMean: memory})
	}
	return run
}

// A maker makes the steps of a soak.
type maker struct {
	Soak
	random        *rand.Rand
	level, leaves float64 // of its times, and what it has not freed
	burst         int     // moments for which it still is slow
	period        float64 // of its garbage collector, in seconds
}

// step is what comes to a step of the load, so many hours after it began.
func (m *maker) step(hours float64) *tally.Total {
	const hand = 0.8 // what a moment hands on to the next
	total, messages := tally.NewTotal(), max(40, step*m.Rate)+m.random.IntN(15)-7
	times := total.Hist(tally.SlotOf(sample.SpanMessage, sample.Service))
	for i := range step / moment {
		m.level = hand*m.level + math.Sqrt(1-hand*hand)*m.Noise*m.random.NormFloat64()
		if m.burst--; m.random.Float64() < 1.0/80 {
			m.burst = int(4 * m.random.ExpFloat64())
		}
		slow := (1 + m.Slowing*hours) * math.Exp(m.level)
		if m.burst > 0 {
			slow *= 3
		}
		for range messages*(i+1)*moment/step - messages*i*moment/step {
			times.Record(time.Duration(slow * (5 + 5*m.random.ExpFloat64()) * float64(time.Millisecond)))
		}
	}
	rejected := int64(0)
	if m.random.Float64() < 0.1 {
		rejected = 1
	}
	total.InWindow = times.Count() - rejected
	total.Outcomes[sample.Accepted], total.Outcomes[sample.Rejected] = total.InWindow, rejected
	return total
}

// memory is what the server has of it after so many seconds.
func (m *maker) memory(seconds int) int64 {
	m.leaves = 0.5*m.leaves + m.random.NormFloat64()
	teeth := 8 * math.Mod(float64(seconds)/m.period, 1)
	return int64((100 + teeth + m.leaves + m.Leak*float64(seconds)/60) * 1e6)
}
