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

// A Pretended run is made of random numbers: rounds of some seconds, sessions
// and messages with times around a middle.
type Pretended struct {
	Flows    []string
	Together bool // in turn otherwise
	Rounds   int
	Seconds  int // a round, and a flow where they are in turn
	Messages int // a second
	Phases   []sample.Phase
	Noise    float64            // from round to round
	Slower   map[string]float64 // by flow: messages and RCPT take so much longer
	Failing  float64            // share of messages
	Seed     uint64
}

// EveryPhase is a session with STARTTLS and AUTH, and its messages.
var EveryPhase = []sample.Phase{
	sample.Connect, sample.TLS, sample.Banner, sample.EHLO, sample.StartTLS, sample.Auth,
	sample.Mail, sample.Rcpt, sample.Data, sample.Body, sample.Quit, sample.SpanMessage,
}

// Plan is what is pretended to have been run.
func (p Pretended) Plan() *loadgen.Plan {
	plan := &loadgen.Plan{Name: "pretended", Seed: 1, Rounds: p.Rounds, InTurn: !p.Together, Scenario: []byte(`{"name":"pretended"}`)}
	for i, name := range p.Flows {
		plan.Flows = append(plan.Flows, loadgen.Flow{Name: name, Target: loadgen.Target{Port: 25 + i}, Load: loadgen.Load{Sessions: 2}})
	}
	return plan
}

// Length is how long the run takes.
func (p Pretended) Length() time.Duration {
	turns := p.Rounds
	if !p.Together {
		turns *= len(p.Flows)
	}
	return time.Duration(turns*p.Seconds) * time.Second
}

// Feed records the run on one shard.
func (p Pretended) Feed(r sample.Recorder) {
	random, flows := rand.New(rand.NewPCG(p.Seed, 1)), len(p.Flows)
	all := int(p.Length() / time.Second)
	second := 0
	for round := range p.Rounds {
		turns := [][]string{p.Flows}
		if !p.Together {
			turns = slices.Collect(slices.Chunk(p.Flows, 1))
		}
		for _, playing := range turns {
			level, from := math.Exp(p.Noise*random.NormFloat64()), At(time.Duration(second)*time.Second)
			for range p.Seconds {
				second++
				tick := sample.Tick{
					From: At(time.Duration(second-1) * time.Second), To: At(time.Duration(second) * time.Second), Busy: 100 * time.Millisecond,
					Open: make([]int, flows), Peak: make([]int, flows), Due: make([]int64, flows), Begun: make([]int64, flows), Last: second == all,
				}
				for i, name := range p.Flows {
					if slices.Contains(playing, name) {
						s := sample.Series{Flow: i, Round: round, Stage: sample.Steady}
						p.second(r, s, random, level, 1+p.Slower[name])
						r.Window(s, from, tick.To)
					}
				}
				r.Tick(tick)
			}
		}
	}
}

// second is what a flow does in one.
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

// Names are those of so many flows.
func Names(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("flow-%d", i))
	}
	return list
}
