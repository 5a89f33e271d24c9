package figures

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// An AbortWatch looks at a run second by second, and ends it once the condition of an
// abort holds. Warm-up and drain are not looked at.
type AbortWatch struct {
	rules []abortRule
	end   func()

	mu  sync.Mutex
	why string // "" as long as no condition held
}

// An abortRule is an abort with what it has seen lately.
type abortRule struct {
	criteria.Abort
	began  time.Duration // when the flow's load began, since the run's start
	under  bool          // the load is under way
	counts tally.MessageCounts
	window []abortInterval
}

// An abortInterval is what an interval added to a flow.
type abortInterval struct {
	length                time.Duration
	attempted, unaccepted int64
	accepted              int64 // while it lasted, whenever they began
	outcomes              [sample.NumOutcomes]int64
	times                 *histogram.Histogram // that the condition is about; nil for none
}

// NewAbortWatch watches for some conditions, each on one flow. end is called when the first
// of them holds.
func NewAbortWatch(list []criteria.Abort, end func()) *AbortWatch {
	w := &AbortWatch{end: end}
	for _, a := range list {
		w.rules = append(w.rules, abortRule{Abort: a})
	}
	return w
}

// Observe looks at an interval.
func (w *AbortWatch) Observe(p *record.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.rules {
		r := &w.rules[i]
		for n := range p.Flows {
			if p.Flows[n].Name != r.When.Flow {
				continue
			}
			if why := r.observe(p, &p.Flows[n]); why != "" && w.why == "" {
				w.why = why
				w.end()
			}
		}
	}
}

// Fired says why the run was ended; "" if it was not.
func (w *AbortWatch) Fired() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why
}

// observe returns why the run has to end; "" if it need not.
func (r *abortRule) observe(p *record.Progress, f *record.FlowProgress) string {
	added := r.added(p, f)
	if !f.Begun || f.Stage != sample.Steady {
		r.under, r.window = false, nil
		return ""
	}
	if !r.under {
		r.under, r.began = true, p.Elapsed-p.Length
	}
	r.window = append(r.window, added)
	length := time.Duration(0)
	for i := range r.window {
		length += r.window[i].length
	}
	for length-r.window[0].length >= r.Over {
		length -= r.window[0].length
		r.window = r.window[1:]
	}
	if lasted := p.Elapsed - r.began; lasted < r.Over || lasted < r.After {
		return ""
	}
	value, ok := r.value(length)
	if !ok || !r.When.Met(value) {
		return ""
	}
	name, _, _ := strings.Cut(r.When.Expr, r.When.Op)
	unit := r.When.Metric.Unit()
	return fmt.Sprintf("aborted after %s: %s is %s over %s, limit %s", human.Duration(p.Elapsed), strings.TrimSpace(name),
		human.Figure(unit, value), human.Duration(length), human.Figure(unit, r.When.Limit))
}

// added is what the interval added to the flow.
func (r *abortRule) added(p *record.Progress, f *record.FlowProgress) abortInterval {
	now, before := &f.Messages, &r.counts
	i := abortInterval{
		length: p.Length, accepted: f.Accepted,
		attempted: now.Attempted - before.Attempted, unaccepted: now.Unaccepted() - before.Unaccepted(),
		outcomes: [sample.NumOutcomes]int64{
			sample.Accepted: now.Accepted - before.Accepted, sample.Rejected: now.Rejected - now.Expected - before.Rejected + before.Expected,
			sample.Failed: now.Failed - before.Failed, sample.Unknown: now.Unknown - before.Unknown,
		},
	}
	if m := &r.When.Metric; m.Kind == criteria.Latency {
		i.times = histogram.Merged(f.Added(m.Phase, m.Part)) // a copy
	}
	r.counts = *now
	return i
}

// value is what the condition is about, over the window. It is false if nothing was
// measured; a rate is 0 then.
func (r *abortRule) value(length time.Duration) (float64, bool) {
	var sum abortInterval
	var times []*histogram.Histogram
	for _, i := range r.window {
		sum.attempted, sum.unaccepted, sum.accepted = sum.attempted+i.attempted, sum.unaccepted+i.unaccepted, sum.accepted+i.accepted
		for o, n := range i.outcomes {
			sum.outcomes[o] += n
		}
		times = append(times, i.times)
	}
	switch m := &r.When.Metric; m.Kind {
	case criteria.Errors:
		return float64(sum.unaccepted) / float64(max(1, sum.attempted)), sum.attempted > 0
	case criteria.Rate:
		return float64(sum.accepted) / length.Seconds(), length > 0
	case criteria.Count:
		return float64(sum.outcomes[m.Outcome]), true
	default:
		d, ok := Stat(histogram.Merged(times...), m)
		return float64(d), ok
	}
}
