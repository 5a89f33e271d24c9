package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/metricfamily"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// registry returns a registry of the metrics alone.
func (m *Metrics) registry(kinds bucketKinds) *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(view{m, kinds})
	return r
}

// A view is the metrics as a prometheus.Collector.
type view struct {
	m     *Metrics
	kinds bucketKinds
}

// Describe names every family.
func (v view) Describe(ch chan<- *prometheus.Desc) {
	for _, f := range metricfamily.Live {
		ch <- description(f)
	}
}

// Collect sends how the run stands.
func (v view) Collect(ch chan<- prometheus.Metric) {
	v.m.mu.Lock()
	defer v.m.mu.Unlock()
	c := &collection{ch, v.m.created, v.kinds}
	c.ofRun(v.m)
	for _, f := range v.m.flows {
		c.ofCounts(f)
		c.ofTimes(f)
	}
	c.ofGenerator(v.m)
	c.ofServer(&v.m.last)
}

// A collection is one reading of the metrics.
type collection struct {
	ch      chan<- prometheus.Metric
	created time.Time
	kinds   bucketKinds
}

// add adds a sample of a counter or a gauge.
func (c *collection) add(f metricfamily.Family, value float64, labels ...string) {
	printableLabels(labels)
	if f.Kind == metricfamily.Counter {
		c.send(f)(prometheus.NewConstMetricWithCreatedTimestamp(description(f), prometheus.CounterValue, value, c.created, labels...))
		return
	}
	c.send(f)(prometheus.NewConstMetric(description(f), prometheus.GaugeValue, value, labels...))
}

// distribution adds a histogram. There is none of zero samples.
func (c *collection) distribution(f metricfamily.Family, d *distribution, labels ...string) {
	printableLabels(labels)
	if d != nil && d.count > 0 {
		c.send(f)(d.metric(description(f), c.created, c.kinds, labels...))
	}
}

// printableLabels makes the values of labels printable: names are a scenario's, and a
// label that is not UTF-8 would be an error.
func printableLabels(labels []string) {
	for i, l := range labels {
		labels[i] = printable.Text(l)
	}
}

// send passes a metric on, or the error that it could not be made by, which the
// scraper gets to see.
func (c *collection) send(f metricfamily.Family) func(prometheus.Metric, error) {
	return func(m prometheus.Metric, err error) {
		if err != nil {
			m = prometheus.NewInvalidMetric(description(f), err)
		}
		c.ch <- m
	}
}

func (c *collection) ofRun(m *Metrics) {
	e := &m.environment
	c.add(metricfamily.RunInfo, 1, m.name, e.Version, e.Go, e.OS, e.Arch)
	if !m.last.Started.IsZero() {
		c.add(metricfamily.RunStart, float64(m.last.Started.UnixMilli())/1000)
		c.add(metricfamily.RunDuration, m.last.Elapsed.Seconds())
	}
	if m.result == nil {
		return
	}
	c.add(metricfamily.RunValid, zeroOrOne(m.result.Verdict.Valid))
	c.add(metricfamily.RunVerdict, 1, string(m.result.Verdict.Word))
	seen := map[string]bool{} // a series comes once
	for _, t := range m.result.Thresholds {
		if !seen[t.Expr] {
			seen[t.Expr] = true
			c.add(metricfamily.Threshold, zeroOrOne(t.OK), t.Expr)
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
	s := &f.counts
	c.outcomes(metricfamily.Messages, f.name, &s.Messages)
	if f.hasWarmup {
		c.outcomes(metricfamily.WarmupMessages, f.name, &s.Warmup)
	}
	c.add(metricfamily.Recipients, float64(s.Recipients.Accepted), f.name, "accepted")
	c.add(metricfamily.Recipients, float64(s.Recipients.Rejected), f.name, "rejected")
	if n := s.Recipients.Unknown; n > 0 {
		c.add(metricfamily.Recipients, float64(n), f.name, "unknown")
	}
	c.add(metricfamily.Sessions, float64(s.Sessions.Completed), f.name, "completed")
	c.add(metricfamily.Sessions, float64(s.Sessions.Failed), f.name, "failed")
	if n := s.Sessions.Canceled; n > 0 {
		c.add(metricfamily.Sessions, float64(n), f.name, "canceled")
	}
	c.add(metricfamily.SessionsPeak, float64(s.Sessions.Peak), f.name)
	c.add(metricfamily.SessionsOpen, float64(f.sessions), f.name)
	if f.open {
		var a tally.ArrivalCounts
		if s.Arrivals != nil {
			a = *s.Arrivals
		}
		c.add(metricfamily.Arrivals, float64(a.Due), f.name, "due")
		c.add(metricfamily.Arrivals, float64(a.Begun), f.name, "begun")
	}
	for _, e := range s.Failures {
		code := ""
		if e.Code > 0 {
			code = strconv.Itoa(e.Code)
		}
		c.add(metricfamily.Failures, float64(e.Count), f.name, e.Phase, e.Class, code, e.Enhanced)
	}
}

// outcomes adds a counter for each outcome from the start, at zero, so that no
// increase is missed.
func (c *collection) outcomes(of metricfamily.Family, flow string, m *tally.MessageCounts) {
	c.add(of, float64(m.Accepted), flow, sample.Accepted.String())
	c.add(of, float64(m.Rejected), flow, sample.Rejected.String())
	c.add(of, float64(m.Failed), flow, sample.Failed.String())
	c.add(of, float64(m.Unknown), flow, sample.Unknown.String())
}

func (c *collection) ofTimes(f *flow) {
	for s, d := range f.times {
		c.distribution(metricfamily.Phases, d, f.name, s.phase.String(), s.part.String())
	}
}

func (c *collection) ofGenerator(m *Metrics) {
	if m.generator.MaxRSS > 0 { // the system says so
		c.add(metricfamily.GeneratorCPU, m.generator.CPU.Seconds())
		c.add(metricfamily.GeneratorMemory, float64(m.generator.MaxRSS))
	}
	c.add(metricfamily.GeneratorBusy, m.last.BusyShare)
	c.add(metricfamily.GeneratorDenied, m.last.DeniedShare)
	c.add(metricfamily.OwnShare, m.ownShare())
	c.distribution(metricfamily.Own, m.own)
	c.distribution(metricfamily.Delay, m.delay)
	c.distribution(metricfamily.Late, m.late)
}

func (c *collection) ofServer(p *record.Progress) {
	if p.Server != nil {
		all, last := &p.Server.SoFar, &p.Server.Last
		c.add(metricfamily.ServerCPU, all.CPU.Seconds())
		if length := last.Length().Seconds(); length > 0 {
			c.add(metricfamily.ServerCores, last.CPU.Seconds()/length)
		}
		c.add(metricfamily.ServerMemory, float64(last.Memory))
		c.add(metricfamily.ServerMemoryMax, float64(all.Memory))
		c.add(metricfamily.ServerProcesses, float64(last.Processes))
		c.known(metricfamily.ServerWritten, all.Written)
		c.known(metricfamily.ServerSwitches, all.Switches)
		c.known(metricfamily.ServerOverflows, all.Overflows)
		c.known(metricfamily.ServerDrops, all.Drops)
		c.known(metricfamily.ServerQueue, last.Queue)
	}
	for i := range p.Queries {
		if q := &p.Queries[i]; q.Value != nil {
			c.add(metricfamily.Query, *q.Value, q.Name)
		}
	}
}

// known adds a figure unless it is not known.
func (c *collection) known(f metricfamily.Family, n *int64) {
	if n != nil {
		c.add(f, float64(*n))
	}
}
