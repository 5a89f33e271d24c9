package samples

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Pretended is a run whose times are random numbers around a median.
type Pretended struct {
	Flows    []string
	Together bool // the flows run at the same time; otherwise in turn
	Rounds   int
	Seconds  int // of each round, and of each flow in it if they run in turn
	Messages int // of each second
	Phases   []sample.Phase
	Noise    float64            // between rounds
	Slower   map[string]float64 // by flow: the share by which messages and RCPT take longer
	Failing  float64            // the share of messages that are rejected
	Seed     uint64
}

// EveryPhase has the phases of a session with STARTTLS and AUTH, and of its messages.
var EveryPhase = []sample.Phase{
	sample.Connect, sample.TLS, sample.Banner, sample.EHLO, sample.StartTLS, sample.EHLOTLS, sample.Auth,
	sample.Mail, sample.Rcpt, sample.Data, sample.Body, sample.Quit, sample.SpanMessage,
}

// Plan returns the plan of the run.
func (p Pretended) Plan() *loadgen.Plan {
	plan := &loadgen.Plan{Name: "pretended", Seed: 1, Rounds: p.Rounds, InTurn: !p.Together, Scenario: []byte(`{"name":"pretended"}`)}
	for i, name := range p.Flows {
		plan.Flows = append(plan.Flows, loadgen.Flow{Name: name, Target: loadgen.Target{Port: 25 + i}, Load: loadgen.Load{Sessions: 2}})
	}
	return plan
}

// Length returns how long the run takes.
func (p Pretended) Length() time.Duration {
	segments := p.Rounds
	if !p.Together {
		segments *= len(p.Flows)
	}
	return time.Duration(segments*p.Seconds) * time.Second
}

// Feed records the run on one shard.
func (p Pretended) Feed(r sample.Recorder) {
	random, flows := rand.New(rand.NewPCG(p.Seed, 1)), len(p.Flows)
	all := int(p.Length() / time.Second)
	second := 0
	for round := range p.Rounds {
		segments := [][]string{p.Flows}
		if !p.Together {
			segments = slices.Collect(slices.Chunk(p.Flows, 1))
		}
		for _, playing := range segments {
			level, from := math.Exp(p.Noise*random.NormFloat64()), At(time.Duration(second)*time.Second)
			for n := range p.Seconds {
				second++
				tick := sample.Tick{
					From: At(time.Duration(second-1) * time.Second), To: At(time.Duration(second) * time.Second), Busy: 100 * time.Millisecond,
					Open: make([]int, flows), Peak: make([]int, flows), Due: make([]int64, flows), Begun: make([]int64, flows), Last: second == all,
				}
				for i, name := range p.Flows {
					if slices.Contains(playing, name) {
						s := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
						p.second(r, s, random, level, 1+p.Slower[name])
						if n == p.Seconds-1 {
							r.Window(s, from, tick.To)
						}
					}
				}
				r.Tick(tick)
			}
		}
	}
}

// second records a second of a flow.
func (p Pretended) second(r sample.Recorder, s sample.Series, random *rand.Rand, level, slower float64) {
	r.Session(s, sample.SessionStarted)
	r.Session(s, sample.SessionCompleted)
	for range p.Messages {
		for _, phase := range p.Phases {
			d := level * math.Exp(0.3*random.NormFloat64()) * float64(time.Millisecond)
			if phase == sample.SpanMessage || phase == sample.Rcpt {
				d *= slower
			}
			r.Service(s, phase, time.Duration(d))
		}
		if random.Float64() < p.Failing {
			r.Message(s, sample.Rejected, s.Stage, 0, 0)
		} else {
			r.Message(s, sample.Accepted, s.Stage, 0, 0)
		}
	}
}

// Names returns the names of n flows.
func Names(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("flow-%d", i))
	}
	return list
}
