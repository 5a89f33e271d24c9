package export

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/metricfamily"
)

// Prometheus writes the final values of res for Prometheus, as for a
// Pushgateway or node_exporter's textfile collector.
func Prometheus(w io.Writer, res *figures.Result) error {
	e := &exposition{}
	e.ofRun(res)
	e.ofCounts(res)
	e.ofTimes(res)
	e.ofThresholds(res)
	e.ofGenerator(res)
	e.ofServer(res)
	_, err := w.Write(e.b.Bytes())
	return err
}

// An exposition is a text in Prometheus' format 0.0.4. All samples of a family
// stand together, below its type.
type exposition struct {
	b      bytes.Buffer
	family metricfamily.Family // of the samples that follow
	head   string              // of the family, as long as it has no sample
}

var (
	typeNames    = [...]string{metricfamily.Counter: "counter", metricfamily.Gauge: "gauge", metricfamily.Times: "summary"}
	labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
)

// begin begins a family. One without samples is not in the text.
func (e *exposition) begin(f metricfamily.Family) {
	help := f.Help
	if f.Kind == metricfamily.Times {
		help = strings.TrimSuffix(help, ".") + "; the quantile 1 is the maximum."
	}
	e.family, e.head = f, fmt.Sprintf("# HELP %s %s\n# TYPE %[1]s %[3]s\n", f.Name, help, typeNames[f.Kind])
}

// sample writes a value of the family, with the values of its labels.
func (e *exposition) sample(value float64, labels ...string) {
	e.line(e.family.Name, e.family.Labels, value, labels)
}

// one writes a family that has one sample.
func (e *exposition) one(f metricfamily.Family, value float64, labels ...string) {
	e.begin(f)
	e.sample(value, labels...)
}

// times writes a distribution of the family, if there is one.
func (e *exposition) times(d *figures.Distribution, labels ...string) {
	if d == nil {
		return
	}
	byQuantile := e.family.With("quantile")
	for _, q := range [...]struct {
		quantile string
		time     time.Duration
	}{{"0.5", d.P50}, {"0.9", d.P90}, {"0.99", d.P99}, {"0.999", d.P999}, {"1", d.Max}} {
		e.line(byQuantile.Name, byQuantile.Labels, q.time.Seconds(), append(labels[:len(labels):len(labels)], q.quantile))
	}
	e.line(e.family.Name+"_sum", e.family.Labels, d.Mean.Seconds()*float64(d.Count), labels)
	e.line(e.family.Name+"_count", e.family.Labels, float64(d.Count), labels)
}

func (e *exposition) line(name string, names []string, value float64, labels []string) {
	e.b.WriteString(e.head + name)
	e.head = ""
	opening := "{"
	for i, label := range names {
		fmt.Fprintf(&e.b, `%s%s="%s"`, opening, label, labelEscapes.Replace(printable.Text(labels[i])))
		opening = ","
	}
	if len(names) > 0 {
		e.b.WriteString("}")
	}
	e.b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

func zeroOrOne(set bool) float64 {
	if set {
		return 1
	}
	return 0
}

func (e *exposition) ofRun(res *figures.Result) {
	v := &res.Environment
	e.one(metricfamily.RunInfo.With("clock"), 1, res.Name, v.Version, v.Go, v.OS, v.Arch, res.Clock)
	e.one(metricfamily.RunStart, float64(res.Started.UnixMilli())/1000)
	e.one(metricfamily.RunDuration, res.Elapsed.Seconds())
	e.one(metricfamily.RunValid, zeroOrOne(res.Verdict.Valid))
	e.one(metricfamily.RunVerdict, 1, string(res.Verdict.Word))
	e.one(metricfamily.RunPartial, zeroOrOne(res.Partial))
}

func (e *exposition) ofCounts(res *figures.Result) {
	e.begin(metricfamily.Messages)
	for flow, f := range res.FlowsInOrder() {
		m := &f.Messages
		e.sample(float64(m.Accepted), flow, sample.Accepted.String())
		e.sample(float64(m.Rejected), flow, sample.Rejected.String())
		e.sample(float64(m.Failed), flow, sample.Failed.String())
		e.sample(float64(m.Unknown), flow, sample.Unknown.String())
	}
	e.begin(metricfamily.Recipients)
	for flow, f := range res.FlowsInOrder() {
		e.sample(float64(f.Recipients.Accepted), flow, "accepted")
		e.sample(float64(f.Recipients.Rejected), flow, "rejected")
		if n := f.Recipients.Unknown; n > 0 {
			e.sample(float64(n), flow, "unknown")
		}
	}
	e.begin(metricfamily.Sessions)
	for flow, f := range res.FlowsInOrder() {
		e.sample(float64(f.Sessions.Completed), flow, "completed")
		e.sample(float64(f.Sessions.Failed), flow, "failed")
		if n := f.Sessions.Canceled; n > 0 {
			e.sample(float64(n), flow, "canceled")
		}
	}
	e.begin(metricfamily.SessionsPeak)
	for flow, f := range res.FlowsInOrder() {
		e.sample(float64(f.Sessions.Peak), flow)
	}
	e.begin(metricfamily.Arrivals)
	for flow, f := range res.FlowsInOrder() {
		if a := f.Arrivals; a != nil {
			e.sample(float64(a.Due), flow, "due")
			e.sample(float64(a.Begun), flow, "begun")
		}
	}
	e.begin(metricfamily.Failures)
	for flow, f := range res.FlowsInOrder() {
		for _, x := range f.Errors {
			code := ""
			if x.Code > 0 {
				code = strconv.Itoa(x.Code)
			}
			e.sample(float64(x.Count), flow, x.Phase, x.Class, code, x.Enhanced)
		}
	}
}

func (e *exposition) ofTimes(res *figures.Result) {
	e.begin(metricfamily.Rate)
	for flow, f := range res.FlowsInOrder() {
		if f.Window > 0 {
			e.sample(f.Rate, flow)
		}
	}
	e.begin(metricfamily.Phases)
	for flow, f := range res.FlowsInOrder() {
		for phase, p := range f.PhasesInOrder() {
			for part := range sample.Part(sample.NumParts) {
				e.times(p.Time(part), flow, phase.String(), part.String())
			}
		}
	}
}

func (e *exposition) ofThresholds(res *figures.Result) {
	e.begin(metricfamily.Threshold)
	seen := map[string]bool{} // a series comes once
	for _, t := range res.Thresholds {
		if !seen[t.Expr] {
			seen[t.Expr] = true
			e.sample(zeroOrOne(t.OK), t.Expr)
		}
	}
}

func (e *exposition) ofGenerator(res *figures.Result) {
	g := &res.Generator
	if g.Known() {
		e.one(metricfamily.GeneratorCPU, g.CPUSeconds)
		e.one(metricfamily.GeneratorMemory, float64(g.MaxRSS))
	}
	e.one(metricfamily.OwnShare, g.OwnShare)
	e.begin(metricfamily.Delay)
	e.times(g.Delay)
	e.begin(metricfamily.Late)
	e.times(g.Late)
}

func (e *exposition) ofServer(res *figures.Result) {
	if s := res.Server; s != nil {
		e.one(metricfamily.ServerCPU, s.CPUSeconds)
		e.one(metricfamily.ServerMemoryMax, float64(s.MaxRSS))
		e.known(metricfamily.ServerWritten, s.Written)
		e.known(metricfamily.ServerSwitches, s.Switches)
		e.known(metricfamily.ServerOverflows, s.Overflows)
		e.known(metricfamily.ServerDrops, s.Drops)
		if s.CPUPerMessage != nil {
			e.one(metricfamily.ServerCPUPerMessage, s.CPUPerMessage.Seconds())
		}
	}
	e.begin(metricfamily.QueryMean)
	for i := range res.Queries {
		if q := &res.Queries[i]; q.Mean != nil {
			e.sample(*q.Mean, q.Name)
		}
	}
}

// known writes a figure unless it is not known.
func (e *exposition) known(f metricfamily.Family, n *int64) {
	if n != nil {
		e.one(f, float64(*n))
	}
}
