package render

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
)

// An exposition is a text in Prometheus' format 0.0.4. All samples of a metric
// stand together, below its type.
type exposition struct {
	b     bytes.Buffer
	begun string // the head of a metric that has no sample yet
}

// metric begins a metric; its samples follow. One without any is not named.
func (e *exposition) metric(name, kind, help string) {
	e.begun = fmt.Sprintf("# HELP smtpgauge_%s %s\n# TYPE smtpgauge_%[1]s %[3]s\n", name, help, kind)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// sample writes a value under labels, which are names and values in turn.
func (e *exposition) sample(name string, value float64, labels ...string) {
	e.b.WriteString(e.begun + "smtpgauge_" + name)
	e.begun = ""
	for i := 0; i+1 < len(labels); i += 2 {
		opening := ","
		if i == 0 {
			opening = "{"
		}
		fmt.Fprintf(&e.b, `%s%s="%s"`, opening, labels[i], labelEscapes.Replace(printable.Text(labels[i+1])))
	}
	if len(labels) > 0 {
		e.b.WriteString("}")
	}
	e.b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

// summary writes a distribution; the quantile 1 is its maximum.
func (e *exposition) summary(name string, d *figures.Distribution, labels ...string) {
	if d == nil {
		return
	}
	for _, q := range [...]struct {
		quantile string
		time     time.Duration
	}{{"0.5", d.P50}, {"0.9", d.P90}, {"0.99", d.P99}, {"0.999", d.P999}, {"1", d.Max}} {
		e.sample(name, q.time.Seconds(), append(labels[:len(labels):len(labels)], "quantile", q.quantile)...)
	}
	e.sample(name+"_sum", d.Mean.Seconds()*float64(d.Count), labels...)
	e.sample(name+"_count", float64(d.Count), labels...)
}

func zeroOrOne(set bool) float64 {
	if set {
		return 1
	}
	return 0
}

// writeExposition writes the final values of res for Prometheus, as for a
// Pushgateway or node_exporter's textfile collector.
func writeExposition(w io.Writer, res *document) error {
	e := &exposition{}
	e.ofRun(res)
	e.ofCounts(res)
	e.ofTimes(res)
	e.ofThresholds(res)
	e.ofGenerator(res)
	_, err := w.Write(e.b.Bytes())
	return err
}

func (e *exposition) ofRun(res *document) {
	v := &res.Environment
	e.metric("run_info", "gauge", "What was run, and by what.")
	e.sample("run_info", 1, "run", res.Name, "version", v.Version, "goversion", v.Go, "os", v.OS, "arch", v.Arch, "clock", res.Clock)
	e.metric("run_start_time_seconds", "gauge", "When the run started, in seconds since the Unix epoch.")
	e.sample("run_start_time_seconds", float64(res.Started.UnixMilli())/1000)
	e.metric("run_duration_seconds", "gauge", "How long the run took.")
	e.sample("run_duration_seconds", res.Elapsed.Seconds())
	e.metric("run_valid", "gauge", "Whether the measurement may be believed (1) or not (0).")
	e.sample("run_valid", zeroOrOne(res.Validity.Valid))
	e.metric("run_partial", "gauge", "Whether the end of the run is missing.")
	e.sample("run_partial", zeroOrOne(res.Partial))
}

func (e *exposition) ofCounts(res *document) {
	e.metric("messages_total", "counter", "Messages by what became of them, without the warm-up.")
	for flow, f := range res.FlowsInOrder() {
		m := &f.Messages
		e.sample("messages_total", float64(m.Accepted), "flow", flow, "outcome", "accepted")
		e.sample("messages_total", float64(m.Rejected), "flow", flow, "outcome", "rejected")
		e.sample("messages_total", float64(m.Failed), "flow", flow, "outcome", "failed")
		e.sample("messages_total", float64(m.Unknown), "flow", flow, "outcome", "unknown")
	}
	e.metric("recipients_total", "counter", "Recipients of messages that were sent whole or refused.")
	for flow, f := range res.FlowsInOrder() {
		e.sample("recipients_total", float64(f.Recipients.Accepted), "flow", flow, "outcome", "accepted")
		e.sample("recipients_total", float64(f.Recipients.Rejected), "flow", flow, "outcome", "rejected")
		if n := f.Recipients.Unknown; n > 0 {
			e.sample("recipients_total", float64(n), "flow", flow, "outcome", "unknown")
		}
	}
	e.metric("sessions_total", "counter", "Sessions by how they ended.")
	for flow, f := range res.FlowsInOrder() {
		e.sample("sessions_total", float64(f.Sessions.Completed), "flow", flow, "result", "completed")
		e.sample("sessions_total", float64(f.Sessions.Failed), "flow", flow, "result", "failed")
	}
	e.metric("sessions_peak", "gauge", "The most sessions open at once.")
	for flow, f := range res.FlowsInOrder() {
		e.sample("sessions_peak", float64(f.Sessions.Peak), "flow", flow)
	}
	e.metric("arrivals_total", "counter", "Arrivals of open load, the warm-up included.")
	for flow, f := range res.FlowsInOrder() {
		if a := f.Arrivals; a != nil {
			e.sample("arrivals_total", float64(a.Due), "flow", flow, "state", "due")
			e.sample("arrivals_total", float64(a.Begun), "flow", flow, "state", "begun")
		}
	}
	e.metric("errors_total", "counter", "Failures by phase, class and reply.")
	for flow, f := range res.FlowsInOrder() {
		for _, x := range f.Errors {
			code := ""
			if x.Code > 0 {
				code = strconv.Itoa(x.Code)
			}
			e.sample("errors_total", float64(x.Count), "flow", flow, "phase", x.Phase, "class", x.Class, "code", code, "enhanced", x.Enhanced)
		}
	}
}

func (e *exposition) ofTimes(res *document) {
	e.metric("messages_per_second", "gauge", "Messages accepted a second while the load lasted.")
	for flow, f := range res.FlowsInOrder() {
		if f.Window > 0 {
			e.sample("messages_per_second", f.Rate, "flow", flow)
		}
	}
	e.metric("phase_seconds", "summary", "Times of phases and spans; the quantile 1 is the maximum.")
	for flow, f := range res.FlowsInOrder() {
		for phase, p := range f.PhasesInOrder() {
			for part := range sample.Part(sample.NumParts) {
				e.summary("phase_seconds", p.Time(part), "flow", flow, "phase", phase.String(), "part", part.String())
			}
		}
	}
}

func (e *exposition) ofThresholds(res *document) {
	e.metric("threshold_met", "gauge", "Whether a threshold was met (1) or missed (0).")
	seen := map[string]bool{} // a series is told once
	for _, t := range res.Thresholds {
		if seen[t.Expr] {
			continue
		}
		seen[t.Expr] = true
		e.sample("threshold_met", zeroOrOne(t.OK), "threshold", t.Expr)
	}
}

func (e *exposition) ofGenerator(res *document) {
	g := &res.Generator
	if isKnown(g) {
		e.metric("generator_cpu_seconds_total", "counter", "CPU time of the generator.")
		e.sample("generator_cpu_seconds_total", g.CPUSeconds)
		e.metric("generator_resident_memory_max_bytes", "gauge", "The generator's peak memory.")
		e.sample("generator_resident_memory_max_bytes", float64(g.MaxRSS))
	}
	e.metric("generator_own_share", "gauge", "Which part of all message time was the generator's own.")
	e.sample("generator_own_share", g.OwnShare)
	if g.Delay != nil {
		e.metric("generator_delay_seconds", "summary", "From a reply's kernel stamp to when it was read.")
		e.summary("generator_delay_seconds", g.Delay)
	}
	if g.Late != nil {
		e.metric("generator_late_seconds", "summary", "From when an arrival was due to when the scheduler got to it.")
		e.summary("generator_late_seconds", g.Late)
	}
}
