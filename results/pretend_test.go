package results

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A pretended run is made of random numbers: rounds of some seconds, sessions
// and messages with times around a middle. It is written interval by interval,
// as a Collector does.
type pretended struct {
	flows    []string
	together bool // in turn otherwise
	rounds   int
	seconds  int // a round, and a flow where they are in turn
	messages int // a second
	phases   []sample.Phase
	noise    float64            // from round to round
	slower   map[string]float64 // by flow: messages and RCPT take so much longer
	failing  float64            // share of messages
	seed     uint64
}

var everyPhase = []sample.Phase{
	sample.Connect, sample.TLS, sample.Banner, sample.EHLO, sample.StartTLS, sample.Auth,
	sample.Mail, sample.Rcpt, sample.Data, sample.Body, sample.Quit, sample.SpanMessage,
}

func (p pretended) plan() *loadgen.Plan {
	plan := &loadgen.Plan{Name: "pretended", Seed: 1, Rounds: p.rounds, InTurn: !p.together, Scenario: []byte(`{"name":"pretended"}`)}
	for i, name := range p.flows {
		plan.Flows = append(plan.Flows, loadgen.Flow{Name: name, Target: loadgen.Target{Port: 25 + i}, Load: loadgen.Load{Sessions: 2}})
	}
	return plan
}

// write makes the run and its file.
func (p pretended) write(tb testing.TB, w io.Writer) *Run {
	tb.Helper()
	run, out, random := newRun(testHeader(p.plan())), &fileWriter{w: w}, rand.New(rand.NewPCG(p.seed, 1))
	out.header(&run.Header)
	second := 0
	for round := range p.rounds {
		turns := [][]string{p.flows}
		if !p.together {
			turns = slices.Collect(slices.Chunk(p.flows, 1))
		}
		for _, playing := range turns {
			level := math.Exp(p.noise * random.NormFloat64())
			from := second
			for range p.seconds {
				f := newFrame(int64(second+1), len(p.flows))
				f.from, f.to, f.busy = at(time.Duration(second)*time.Second), at(time.Duration(second+1)*time.Second), 0.1
				second++
				for i, name := range p.flows {
					if s := (sample.Series{Flow: i, Round: round, Stage: sample.Steady}); slices.Contains(playing, name) {
						f.series[s] = p.second(random, level, 1+p.slower[name])
						f.windows = append(f.windows, windowEntry{s, at(time.Duration(from) * time.Second), f.to})
					}
				}
				out.interval(f, &run.Header)
				run.absorb(f)
				if err := out.flush(); err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	run.finish(&sample.Report{Started: at(0), Ended: run.to, Shards: 1}, Generator{CPU: time.Second, GOMAXPROCS: 2})
	out.closing(run)
	if err := out.flush(); err != nil {
		tb.Fatal(err)
	}
	return run
}

// read makes the run and reads it back, once for all tests: they do not change
// it.
func (p pretended) read(tb testing.TB) *Run {
	tb.Helper()
	key := fmt.Sprint(p)
	if known, ok := pretendedRuns.Load(key); ok {
		return known.(*Run)
	}
	run := p.readAnew(tb)
	pretendedRuns.Store(key, run)
	return run
}

var pretendedRuns sync.Map // by how they were made

func (p pretended) readAnew(tb testing.TB) *Run {
	tb.Helper()
	var file bytes.Buffer
	p.write(tb, &file)
	run, err := ReadCourse(bytes.NewReader(file.Bytes()))
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// second is what a flow does in one.
func (p pretended) second(random *rand.Rand, level, slower float64) *total {
	t := newTotal()
	t.Started, t.Completed = 1, 1
	for range p.messages {
		for _, phase := range p.phases {
			d := level * math.Exp(0.3*random.NormFloat64()) * float64(time.Millisecond)
			if phase == sample.SpanMessage || phase == sample.Rcpt {
				d *= slower
			}
			t.hist(slotOf(phase, sample.Service)).Record(time.Duration(d))
		}
		if random.Float64() < p.failing {
			t.Outcomes[sample.Rejected]++
			continue
		}
		t.Outcomes[sample.Accepted]++
		t.InWindow++
	}
	return t
}

func names(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("flow-%d", i))
	}
	return list
}
