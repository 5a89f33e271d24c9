package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// registry returns a registry of the metrics alone. Histograms have native
// buckets beside the classic ones where they are wanted.
func (m *Metrics) registry(native bool) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(view{m, native})
	return r
}

// A view is the metrics as a prometheus.Collector.
type view struct {
	m      *Metrics
	native bool
}

// Describe names every family.
func (v view) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range families {
		ch <- f.desc
	}
}

// Collect tells how the run stands.
func (v view) Collect(ch chan<- prometheus.Metric) {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	c := &collection{ch, v.m.created, v.native}
	c.ofRun(v.m)
	for _, f := range v.m.flows {
		c.ofCounts(f)
		c.ofTimes(f)
	}
	c.ofGenerator(v.m)
}

// A collection is one reading of the metrics.
type collection struct {
	ch      chan<- prometheus.Metric
	created time.Time
	native  bool
}

// add adds a sample of a counter or a gauge.
func (c *collection) add(f family, value float64, labels ...string) {
	printableLabels(labels)
	if f.kind == prometheus.CounterValue {
		c.send(f)(prometheus.NewConstMetricWithCreatedTimestamp(f.desc, f.kind, value, c.created, labels...))
		return
	}
	c.send(f)(prometheus.NewConstMetric(f.desc, f.kind, value, labels...))
}

// distribution adds a histogram. There is none of zero samples.
func (c *collection) distribution(f family, d *distribution, labels ...string) {
	printableLabels(labels)
	if d != nil && d.count > 0 {
		c.send(f)(d.metric(f, c.created, c.native, labels...))
	}
}

// printableLabels makes the values of labels harmless in their place: names
// are somebody else's words, and a label that is not UTF-8 would be an error.
func printableLabels(labels []string) {
	for i, l := range labels {
		labels[i] = printable.Text(l)
	}
}

// send passes a metric on. What is wrong with one is for the scraper to tell.
func (c *collection) send(f family) func(prometheus.Metric, error) {
	return func(m prometheus.Metric, err error) {
		if err != nil {
			m = prometheus.NewInvalidMetric(f.desc, err)
		}
		c.ch <- m
	}
}

func (c *collection) ofRun(m *Metrics) {
	e := &m.environment
	c.add(runInfo, 1, m.name, e.Version, e.Go, e.OS, e.Arch)
	if !m.last.Started.IsZero() {
		c.add(runStart, float64(m.last.Started.UnixMilli())/1000)
		c.add(runDuration, m.last.Elapsed.Seconds())
	}
	if m.result == nil {
		return
	}
	c.add(runValid, zeroOrOne(m.result.Validity.Valid))
	seen := map[string]bool{} // a series is told once
	for _, t := range m.result.Thresholds {
		if !seen[t.Expr] {
			seen[t.Expr] = true
			c.add(threshold, zeroOrOne(t.OK), t.Expr)
		}
	}
}

func zeroOrOne(set bool) float64 {
	if set {
		return 1
	}
	return 0
}

func (c *collection) ofCounts(f *flow) {
	s := &f.standing
	c.outcomes(messages, f.name, &s.Messages)
	if f.warms {
		c.outcomes(warmup, f.name, &s.Warmup)
	}
	c.add(recipients, float64(s.Recipients.Accepted), f.name, "accepted")
	c.add(recipients, float64(s.Recipients.Rejected), f.name, "rejected")
	if n := s.Recipients.Unknown; n > 0 {
		c.add(recipients, float64(n), f.name, "unknown")
	}
	c.add(sessions, float64(s.Sessions.Completed), f.name, "completed")
	c.add(sessions, float64(s.Sessions.Failed), f.name, "failed")
	c.add(peak, float64(s.Sessions.Peak), f.name)
	c.add(openNow, float64(f.sessions), f.name)
	if f.open {
		var a tally.ArrivalCounts
		if s.Arrivals != nil {
			a = *s.Arrivals
		}
		c.add(arrivals, float64(a.Due), f.name, "due")
		c.add(arrivals, float64(a.Begun), f.name, "begun")
	}
	for _, e := range s.Failures {
		code := ""
		if e.Code > 0 {
			code = strconv.Itoa(e.Code)
		}
		c.add(failures, float64(e.Count), f.name, e.Phase, e.Class, code, e.Enhanced)
	}
}

// outcomes are there from the start, at zero, so that no increase is missed.
func (c *collection) outcomes(of family, flow string, m *tally.MessageCounts) {
	c.add(of, float64(m.Accepted), flow, sample.Accepted.String())
	c.add(of, float64(m.Rejected), flow, sample.Rejected.String())
	c.add(of, float64(m.Failed), flow, sample.Failed.String())
	c.add(of, float64(m.Unknown), flow, sample.Unknown.String())
}

func (c *collection) ofTimes(f *flow) {
	for s, d := range f.times {
		c.distribution(phaseTimes, d, f.name, s.phase.String(), s.part.String())
	}
}

func (c *collection) ofGenerator(m *Metrics) {
	if m.generator.MaxRSS > 0 { // the system tells
		c.add(generatorCPU, m.generator.CPU.Seconds())
		c.add(generatorMemory, float64(m.generator.MaxRSS))
	}
	c.add(generatorBusy, m.last.BusyShare)
	c.add(generatorDenied, m.last.DeniedShare)
	c.add(ownShare, m.ownShare())
	c.distribution(ownTimes, m.own)
	c.distribution(delays, m.delay)
	c.distribution(lateness, m.late)
}
