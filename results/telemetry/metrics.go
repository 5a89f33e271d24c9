package telemetry

import (
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
)

// Metrics are how far a run is. They may be read and updated at the same time.
type Metrics struct {
	created     time.Time
	name        string
	environment record.Environment
	flows       []*flow // as in the plan

	mu               sync.Mutex
	last             record.Progress // without flows; zero before the first
	late, delay, own *distribution
	usage            generator.UsageMeter
	generator        generator.Usage // since the metrics are there
	result           *figures.Result // nil before the end
}

// A flow is how far one flow of the run is.
type flow struct {
	name      string
	hasWarmup bool
	open      bool // the load
	sessions  int  // open now
	counts    record.FlowCounts
	times     map[series]*distribution
}

// A series is one phase's service, response or lag.
type series struct {
	phase sample.Phase
	part  sample.Part
}

// NewMetrics returns the metrics of a run of p that is about to start.
func NewMetrics(p *loadgen.Plan) *Metrics {
	m := &Metrics{
		created: time.Now(), name: p.Name, environment: record.ThisEnvironment(),
		late: newDistribution(), delay: newDistribution(), own: newDistribution(),
		usage: generator.StartUsage(),
	}
	m.generator = m.usage.Used()
	for i := range p.Flows {
		f := &p.Flows[i]
		m.flows = append(m.flows, &flow{name: f.Name, hasWarmup: p.Warmup > 0, open: f.Load.Open(), times: map[series]*distribution{}})
	}
	return m
}

// Observe updates the metrics after an interval of the run. It has to be called after
// each interval, in order.
func (m *Metrics) Observe(i *record.Progress) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = *i
	m.last.Flows = nil // they are valid during this call only
	m.generator = m.usage.Used()
	for k := range i.Flows {
		f := &i.Flows[k]
		m.flows[k].observe(f)
		m.late.absorb(f.AddedLate())
		m.delay.absorb(f.AddedDelay())
		m.own.absorb(f.AddedOwn())
	}
}

func (f *flow) observe(i *record.FlowProgress) {
	f.counts, f.sessions = i.FlowCounts, i.Open
	for phase := range sample.Phase(sample.NumPhases) {
		for _, part := range [...]sample.Part{sample.Service, sample.Response, sample.Lag} {
			h := i.Added(phase, part)
			if h.Count() == 0 {
				continue
			}
			s := series{phase, part}
			if f.times[s] == nil {
				f.times[s] = newDistribution()
			}
			f.times[s].absorb(h)
		}
	}
}

// Finish adds what is known at the end only: whether the run is valid, and which
// thresholds were met.
func (m *Metrics) Finish(res *figures.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.result = res
}

// ownShare is the share of all message time so far that was the generator's own.
func (m *Metrics) ownShare() float64 {
	var all time.Duration
	for _, f := range m.flows {
		if d := f.times[series{sample.SpanMessage, sample.Service}]; d != nil {
			all += d.sum
		}
	}
	if all <= 0 {
		return 0
	}
	return min(1, float64(m.own.sum)/float64(all))
}
