package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A queue is a server in virtual time: some servers take messages in order of arrival.
type queue struct {
	random  *rand.Rand
	servers int
	service func(q *queue, waiting int) float64 // how long one message takes, in seconds
	poisson bool
	now     float64 // of all trials together, in seconds
	tripped bool    // for a service that changes
}

// goalOfQueue is the goal of all simulations.
var goalOfQueue = Goal{Expr: "message.response.p99 < 250ms", Share: 0.01, Limit: 250 * time.Millisecond, OfMessages: true}

func (q *queue) Try(_ context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	free := make([]float64, q.servers)
	q.tripped = false
	var done []float64 // when messages that may still wait are done, sorted
	var m Measured
	counts := map[int]*Count{}
	next := q.random.Float64() / rate
	for second := 1; second <= int(length.Seconds()); second++ {
		b := Block{}
		for next < float64(second) {
			at := next
			if q.poisson {
				next += q.random.ExpFloat64() / rate
			} else {
				next += 1 / rate
			}
			for len(done) > 0 && done[0] <= at {
				done = done[1:]
			}
			i := 0
			for k := range free {
				if free[k] < free[i] {
					i = k
				}
			}
			free[i] = max(at, free[i]) + q.service(q, len(done))
			b.Due++
			c := counts[int(free[i])]
			if c == nil {
				c = &Count{}
				counts[int(free[i])] = c
			}
			c.N++
			if free[i]-at > goalOfQueue.Limit.Seconds() {
				c.Bad++
			}
			n, _ := slices.BinarySearch(done, free[i])
			done = slices.Insert(done, n, free[i])
		}
		n, _ := slices.BinarySearch(done, float64(second))
		b.Waiting = int64(len(done) - n)
		b.Goals = []Count{{}}
		if c := counts[second-1]; c != nil {
			b.Goals[0] = *c
		}
		m.Blocks = append(m.Blocks, b)
		if enough(m.Blocks) {
			break
		}
	}
	// The server drains; two seconds are for what is around a trial.
	m.Took = time.Duration((max(slices.Max(free), float64(len(m.Blocks))) + 2) * float64(time.Second))
	q.now += m.Took.Seconds()
	return m, nil
}

// A simulated is a kind of server, and the rate at which it just keeps the goal.
type simulated struct {
	name  string
	make  func(*rand.Rand) *queue
	truth func(q *queue) float64

	steady bool // nothing in it is random
}

func fixed(perSecond float64) func(*queue, int) float64 {
	return func(*queue, int) float64 { return 1 / perSecond }
}

func exponential(perSecond float64) func(*queue, int) float64 {
	return func(q *queue, _ int) float64 { return q.random.ExpFloat64() / perSecond }
}

// bistable halves its speed once many wait, until it is idle.
func bistable(perSecond float64, many int) func(*queue, int) float64 {
	return func(q *queue, waiting int) float64 {
		switch {
		case waiting > many:
			q.tripped = true
		case waiting == 0:
			q.tripped = false
		}
		if q.tripped {
			return 2 / perSecond
		}
		return 1 / perSecond
	}
}

func constant(rate float64) func(*queue) float64 { return func(*queue) float64 { return rate } }

// stationary is the rate at which 1 % are over the limit, by long runs.
func stationary(make func(*rand.Rand) *queue, low, high float64) float64 {
	for high/low > 1.001 {
		rate := math.Sqrt(low * high)
		m, _ := make(rand.New(rand.NewPCG(77, 7))).Try(context.Background(), rate, 3000*time.Second, func([]Block) bool { return false })
		if total(m.Blocks[60:], 0).share() > goalOfQueue.Share {
			high = rate
		} else {
			low = rate
		}
	}
	return math.Sqrt(low * high)
}

func servers() []simulated {
	queueOf := func(n int, poisson bool, service func(*queue, int) float64) func(*rand.Rand) *queue {
		return func(r *rand.Rand) *queue { return &queue{random: r, servers: n, poisson: poisson, service: service} }
	}
	long := func(name string, make func(*rand.Rand) *queue, low, high float64) simulated {
		return simulated{name, make, constant(stationary(make, low, high)), false}
	}
	drift := func(q *queue) float64 { return 700 * (1 - 0.004*q.now/60) }
	return []simulated{
		{"D/D/1 700/s", queueOf(1, false, fixed(700)), constant(700), true},
		{"D/D/1 120/s", queueOf(1, false, fixed(120)), constant(120), true},
		{"D/D/1 3000/s", queueOf(1, false, fixed(3000)), constant(3000), true},
		{"D/D/1 1250/s", queueOf(1, false, fixed(1250)), constant(1250), true}, // just below a rate of the doubling
		long("M/D/1 700/s", queueOf(1, true, fixed(700)), 660, 705),
		long("M/M/1 200/s", queueOf(1, true, exponential(200)), 150, 200),
		long("M/M/4 400/s", queueOf(4, true, exponential(100)), 330, 400),
		{"bistable 700/s", queueOf(1, false, bistable(700, 100)), constant(700), true},
		{"drifting 700/s", queueOf(1, false, func(q *queue, _ int) float64 { return 1 / drift(q) }), drift, true},
	}
}

// plain doubles a rate until it fails, and then bisects, a trial a rate: what the search
// is held against.
func plain(t *testing.T, q *queue) (low, high, took float64) {
	t.Helper()
	fails := func(rate float64) bool {
		m, err := q.Try(t.Context(), rate, 10*time.Second, func([]Block) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		return total(m.Blocks, 0).share() > goalOfQueue.Share
	}
	for low, high = 0, 10; !fails(high); high *= 2 {
		low = high
	}
	for high/low > 1.03 {
		if middle := math.Sqrt(low * high); fails(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return low, high, q.now
}

// TestRangesHoldTheTruth searches for the capacity of simulated servers. The table that it
// logs has plain doubling and bisection beside it.
func TestRangesHoldTheTruth(t *testing.T) {
	const each = 23
	held, searches := 0, 0
	for _, s := range servers() {
		ranges, trials, took, width, plainly, plainTook := 0, 0, 0.0, 0.0, 0, 0.0
		var off []float64
		for seed := range uint64(each) {
			q := s.make(rand.New(rand.NewPCG(seed, 1)))
			a, err := Search(t.Context(), q, Plan{Goals: []Goal{goalOfQueue}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if a.By != ByServer {
				t.Errorf("%s: limited by the %s", s.name, a.By)
			}
			if a.Took > 6*time.Minute {
				t.Errorf("%s: a search took %v", s.name, a.Took)
			}
			if truth := s.truth(q); a.Range.Low <= truth && truth <= a.Range.High {
				ranges++
			}
			off = append(off, math.Abs(a.Range.Best/s.truth(q)-1))
			trials += len(a.Trials)
			took += a.Took.Seconds() / each
			width += (a.Range.High/a.Range.Low - 1) / each
			q = s.make(rand.New(rand.NewPCG(seed, 2)))
			low, high, seconds := plain(t, q)
			if truth := s.truth(q); low <= truth && truth <= high {
				plainly++
			}
			plainTook += seconds / each
		}
		slices.Sort(off)
		t.Logf("%-15s held %d of %d, %2d trials, %.0f s, width %4.1f %%, best off by %.1f %% (median), %.1f %% (most); bisection held %d, %.0f s",
			s.name, ranges, each, trials/each, took, 100*width, 100*off[each/2], 100*off[each-1], plainly, plainTook)
		if ranges < each*85/100 {
			t.Errorf("%s: %d of %d ranges hold the truth", s.name, ranges, each)
		}
		if limit := map[bool]float64{true: 0.03, false: 0.10}[s.steady]; off[each-1] > limit {
			t.Errorf("%s: an answer is off by %.1f %%, limit %.0f %%", s.name, 100*off[each-1], 100*limit)
		}
		held, searches = held+ranges, searches+each
	}
	if held*100 < searches*95 {
		t.Errorf("%d of %d ranges hold the truth, want 95 %%", held, searches)
	}
}
