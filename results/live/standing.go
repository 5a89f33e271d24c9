package live

import (
	"cmp"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Standing is how a run stands at the end of an interval.
type Standing struct {
	Name    string
	Elapsed time.Duration // since the run's start
	Length  time.Duration // of the interval
	Remains Remains
	Rounds  int // of the run
	Round   int // under way, from 1; the last one once all are over
	Flows   []Flow

	// The server's own side; nil if nobody has looked at it, or asked anything yet.
	Server  *record.ServerProgress
	Queries []record.QueryProgress

	Agents int // of the fleet; 0 for none
	Silent int // agents that are not heard of, and not lost yet
	Lost   int // agents that are lost

	// What the caller of At knows.
	Turn     string // which of several runs this is; "" if it is the only one
	Draining bool   // the run ends early: nothing new begins
}

// A State says whether a flow has its turn. Flows that run together have it all the
// time.
type State uint8

// The states of a flow.
const (
	Waiting  State = iota // its turn in this round has yet to come
	UnderWay              // its load goes on, or drains
	Done                  // its turn in this round is over
)

// A Flow is how a flow stands.
type Flow struct {
	Name  string
	State State
	Stage Stage // zero unless the flow is under way
	Open  int   // sessions

	OpenLoad bool
	Begun    float64 // arrivals begun a second in the interval; open load only
	Accepted float64 // messages accepted a second in the interval

	// Offered is how many messages were due a second in the interval. Under open
	// load that counts sessions, each message of a session counts. It is false
	// if that is not known: under closed load, and if a session has no number.
	Offered      float64
	OffersNumber bool

	// P50 and P99 are quantiles of the message span so far, the warm-up included:
	// of the response time under open load, of the service time otherwise.
	P50, P99 time.Duration
	Measured bool // there are P50 and P99

	Total  int64        // messages accepted so far, without the warm-up
	Errors []ClassCount // so far, the warm-up included, the most frequent first
}

// A ClassCount is how many errors of a class there are.
type ClassCount struct {
	Class string
	Count int64
}

// At is how a run of p stands after an interval. i has to be valid during the call
// only.
func At(p *loadgen.Plan, i *record.Progress) *Standing {
	c := newCourse(p, i)
	s := &Standing{
		Name: p.Name, Elapsed: i.Elapsed, Length: i.Length, Remains: c.remains(),
		Rounds: c.rounds, Round: min(c.round+1, c.rounds), Server: i.Server, Queries: i.Queries,
		Agents: i.Agents, Silent: i.Silent, Lost: i.Lost,
	}
	for k := range i.Flows {
		f := flowAt(&p.Flows[k], &i.Flows[k], i.Length)
		if f.State = c.state(k); f.State == UnderWay {
			f.Stage = c.stage(k)
		}
		s.Flows = append(s.Flows, f)
	}
	return s
}

func flowAt(plan *loadgen.Flow, i *record.FlowProgress, length time.Duration) Flow {
	f := Flow{Name: i.Name, Open: i.Open, OpenLoad: plan.Load.Open(), Total: i.Messages.Accepted}
	if s := length.Seconds(); s > 0 {
		f.Begun, f.Accepted = float64(i.Started)/s, float64(i.Accepted)/s
		if each := messagesPerArrival(plan); each > 0 {
			f.Offered, f.OffersNumber = float64(i.Due)*float64(each)/s, true
		}
	}
	f.P50, f.Measured = i.Message.Quantile(0.5)
	f.P99, _ = i.Message.Quantile(0.99)
	for class := range sample.NumClasses {
		if n := i.Errors[sample.Class(class)]; n > 0 {
			f.Errors = append(f.Errors, ClassCount{sample.Class(class).String(), n})
		}
	}
	slices.SortStableFunc(f.Errors, byCount)
	return f
}

// messagesPerArrival is how many messages an arrival of an open load brings; 0 if that
// has no number.
func messagesPerArrival(f *loadgen.Flow) int {
	switch {
	case !f.Load.Open():
		return 0
	case f.Load.Unit == loadgen.Messages:
		return 1
	}
	return f.Session.Messages
}

// byCount orders classes, the most frequent first.
func byCount(a, b ClassCount) int { return cmp.Compare(b.Count, a.Count) }

// ErrorsOf adds up the errors of flows by class, the most frequent first.
func ErrorsOf(flows []Flow) []ClassCount {
	var sum []ClassCount
	for _, f := range flows {
		for _, e := range f.Errors {
			at := slices.IndexFunc(sum, func(c ClassCount) bool { return c.Class == e.Class })
			if at < 0 {
				sum = append(sum, e)
				continue
			}
			sum[at].Count += e.Count
		}
	}
	slices.SortStableFunc(sum, byCount)
	return sum
}

// UnderWay are the flows whose load goes on or drains.
func (s *Standing) UnderWay() []Flow { return s.in(UnderWay) }

// Waiting are the flows whose turn in this round has yet to come.
func (s *Standing) Waiting() []Flow { return s.in(Waiting) }

// Done are the flows whose turn in this round is over.
func (s *Standing) Done() []Flow { return s.in(Done) }

func (s *Standing) in(state State) (flows []Flow) {
	for _, f := range s.Flows {
		if f.State == state {
			flows = append(flows, f)
		}
	}
	return flows
}
