package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A figureWriter writes figures as rows, one each.
type figureWriter struct {
	w    *csv.Writer
	run  string
	flow string
	err  error // the first, after which nothing is written
}

// CSV writes all figures of res, and of m if it is not nil. Metrics of the warm-up, of
// single rounds and of stages of the load have a prefix ("warmup.", "round-1.",
// "stage-1."); those without are of the flow as a whole. What has no samples has no row.
func CSV(w io.Writer, res *figures.Result, m *compare.Matrix) error {
	f := &figureWriter{w: csv.NewWriter(w), run: csvText(res.Name)}
	f.err = f.w.Write([]string{"run", "flow", "metric", "phase", "part", "stat", "value", "unit"})
	f.ofRun(res)
	for name, flow := range res.FlowsInOrder() {
		f.flow = csvText(name)
		f.ofFlow(flow)
	}
	if m != nil {
		f.ofMatrix(m)
	}
	f.flow = ""
	for _, t := range res.Thresholds {
		ok := 0.0
		if t.OK {
			ok = 1
		}
		expr := csvText(t.Expr)
		f.put("threshold", "", expr, "ok", ok, "boolean")
		if t.Value != nil {
			f.put("threshold", "", expr, "value", *t.Value, t.Metric.Unit().String())
		}
	}
	f.w.Flush()
	if f.err == nil {
		f.err = f.w.Error()
	}
	return f.err
}

func (f *figureWriter) put(metric, phase, part, stat string, value float64, unit string) {
	if f.err == nil {
		f.err = f.w.Write([]string{f.run, f.flow, metric, phase, part, stat, strconv.FormatFloat(value, 'f', -1, 64), unit})
	}
}

func (f *figureWriter) count(metric, stat string, n int64) {
	f.put(metric, "", "", stat, float64(n), metric[strings.LastIndexByte(metric, '.')+1:])
}

// ofServer writes the server's own side.
func (f *figureWriter) ofServer(s *figures.Server) {
	if s == nil {
		return
	}
	f.put("server.cpu", "", "", "", s.CPUSeconds, "s")
	for _, d := range s.Drift {
		if d.Known {
			f.put("server.memory.drift", "", "", "", 100*d.PerHour, "percent/h")
			f.put("server.memory.drift", "", "", "low", 100*d.Low, "percent/h")
			f.put("server.memory.drift", "", "", "high", 100*d.High, "percent/h")
		}
	}
	f.put("server.max_rss", "", "", "", float64(s.MaxRSS), "bytes")
	if s.CPUPerMessage != nil {
		f.put("server.cpu_per_message", "", "", "", float64(*s.CPUPerMessage), "ns")
		f.put("server.cores", "", "", "", s.Cores, "cores")
	}
	if s.WrittenPerMsg != nil {
		f.put("server.written_per_message", "", "", "", *s.WrittenPerMsg, "bytes")
	}
	for _, n := range []struct {
		name  string
		value *int64
	}{{"server.listen_overflows", s.Overflows}, {"server.listen_drops", s.Drops}} {
		if n.value != nil {
			f.put(n.name, "", "", "", float64(*n.value), "events")
		}
	}
}

// ofQueries writes what the queries about the server said.
func (f *figureWriter) ofQueries(list []figures.Query) {
	for i := range list {
		q := &list[i]
		name := "server." + q.Name
		f.put(name, "", "", "answered", q.Share, "share")
		for _, v := range []struct {
			stat  string
			value *float64
		}{{"min", q.Min}, {"mean", q.Mean}, {"max", q.Max}, {"last", q.Last}, {"per_message", q.PerMessage}} {
			if v.value != nil {
				f.put(name, "", "", v.stat, *v.value, "number")
			}
		}
	}
}

func (f *figureWriter) ofRun(res *figures.Result) {
	f.ofServer(res.Server)
	f.ofQueries(res.Queries)
	g := &res.Generator
	valid := 0.0
	if res.Verdict.Valid {
		valid = 1
	}
	f.put("verdict", "", csvText(string(res.Verdict.Word)), "", 1, "boolean")
	f.put("valid", "", "", "", valid, "boolean")
	f.put("elapsed", "", "", "", float64(res.Elapsed), "ns")
	if g.Known() {
		f.put("generator.cpu", "", "", "", g.CPUSeconds, "s")
		f.put("generator.rss", "", "", "max", float64(g.MaxRSS), "bytes")
		f.put("generator.gc_pauses", "", "", "count", float64(g.GCPauses), "pauses")
		f.put("generator.gc_pauses", "", "", "sum", float64(g.GCPauseTotal), "ns")
		f.put("generator.gc_pauses", "", "", "max", float64(g.GCPauseMax), "ns")
	}
	if g.BusiestShare > 0 {
		f.put("generator.busiest", "", "", "", g.BusiestShare, "share")
	}
	if g.DeniedShare > 0 {
		f.put("generator.denied", "", "", "", g.DeniedShare, "share")
	}
	if g.Free != nil {
		f.put("generator.free_cores", "", "", "before", g.Free.Before, "cores")
		f.put("generator.free_cores", "", "", "after", g.Free.After, "cores")
	}
	f.put("generator.unstamped", "", "", "", g.UnstampedShare, "share")
	f.put("generator.own", "", "", "share", g.OwnShare, "share")
	f.times("generator.own", "", "", g.Own)
	f.times("generator.delay", "", "", g.Delay)
	f.times("generator.late", "", "", g.Late)
}

func (f *figureWriter) ofFlow(flow *figures.Flow) {
	s := &flow.Sessions
	f.count("sessions", "started", s.Started)
	f.count("sessions", "completed", s.Completed)
	f.count("sessions", "failed", s.Failed)
	if s.Canceled > 0 {
		f.count("sessions", "canceled", s.Canceled)
	}
	f.count("sessions", "peak", s.Peak)
	f.messages("messages", &flow.Messages)
	f.count("recipients", "accepted", flow.Recipients.Accepted)
	f.count("recipients", "rejected", flow.Recipients.Rejected)
	if n := flow.Recipients.Unknown; n > 0 {
		f.count("recipients", "unknown", n)
	}
	if flow.Window > 0 {
		f.put("rate", "", "", "", flow.Rate, "messages/s")
		f.put("window", "", "", "", float64(flow.Window), "ns")
	}
	if a := flow.Arrivals; a != nil {
		f.count("arrivals", "due", a.Due)
		f.count("arrivals", "begun", a.Begun)
	}
	for phase, p := range flow.PhasesInOrder() {
		for part := range sample.Part(sample.NumParts) {
			f.times("time", phase.String(), part.String(), p.Time(part))
		}
	}
	f.errors("errors", flow.Errors)
	f.drifts(flow.Drift)
	for i := range flow.Stages {
		f.ofStage(&flow.Stages[i])
	}
	if w := flow.Warmup; w != nil {
		f.messages("warmup.messages", &w.Messages)
		f.times("warmup.time", "message", "service", w.Message)
	}
	for _, r := range flow.Rounds {
		prefix := fmt.Sprintf("round-%d.", r.Round)
		f.messages(prefix+"messages", &r.Messages)
		f.put(prefix+"rate", "", "", "", r.Rate, "messages/s")
		f.times(prefix+"time", "message", "service", r.Message)
		f.times(prefix+"time", "message", "response", r.Response)
	}
}

// drifts writes how much figures changed an hour, in per cent, and the intervals of that.
func (f *figureWriter) drifts(all map[string]*figures.Drift) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		d := all[name]
		if !d.Known {
			continue
		}
		f.put("drift", name, "", "", 100*d.PerHour, "percent/h")
		f.put("drift", name, "", "low", 100*d.Low, "percent/h")
		f.put("drift", name, "", "high", 100*d.High, "percent/h")
	}
}

// ofStage writes the figures of a stage of the load. The rate that it sets is in rows of
// its own, of the stage's beginning and its end.
func (f *figureWriter) ofStage(s *figures.LoadStage) {
	prefix := fmt.Sprintf("stage-%d.", s.Stage)
	f.put(prefix+"load", "", "", "from", s.From, s.Unit+"/s")
	f.put(prefix+"load", "", "", "to", s.To, s.Unit+"/s")
	f.count(prefix+"arrivals", "due", s.Due)
	f.count(prefix+"arrivals", "waiting", s.Waiting)
	f.messages(prefix+"messages", &s.Messages)
	if s.Window > 0 {
		f.put(prefix+"offered", "", "", "", s.Offered, s.Unit+"/s")
		f.put(prefix+"rate", "", "", "", s.Rate, "messages/s")
		f.put(prefix+"window", "", "", "", float64(s.Window), "ns")
	}
	if s.QueueGrewAt != nil {
		f.put(prefix+"queue", "", "", "grew_at", float64(*s.QueueGrewAt), "ns")
	}
	for _, span := range []sample.Phase{sample.SpanMessage, sample.SpanSession} {
		for part := range sample.Part(sample.NumParts) {
			f.times(prefix+"time", span.String(), part.String(), s.Phases[span.String()].Time(part))
		}
	}
	f.errors(prefix+"errors", s.Errors)
}

func (f *figureWriter) errors(metric string, list []tally.FailureCount) {
	for _, e := range list {
		f.put(metric, csvText(e.Phase), csvText(strings.TrimSpace(e.Class+" "+e.Reply())), "count", float64(e.Count), "failures")
	}
}

func (f *figureWriter) messages(metric string, m *tally.MessageCounts) {
	f.count(metric, "attempted", m.Attempted)
	f.count(metric, "accepted", m.Accepted)
	f.count(metric, "rejected", m.Rejected)
	if m.Expected > 0 {
		f.count(metric, "expected", m.Expected)
	}
	f.count(metric, "failed", m.Failed)
	f.count(metric, "unknown", m.Unknown)
}

func (f *figureWriter) times(metric, phase, part string, d *figures.Distribution) {
	if d == nil {
		return
	}
	f.put(metric, phase, part, "count", float64(d.Count), "samples")
	for _, s := range [...]struct {
		stat string
		time time.Duration
	}{{"p50", d.P50}, {"p90", d.P90}, {"p99", d.P99}, {"p99.9", d.P999}, {"max", d.Max}, {"mean", d.Mean}} {
		f.put(metric, phase, part, s.stat, float64(s.time), "ns")
	}
	if d.Clamped > 0 {
		f.put(metric, phase, part, "clamped", float64(d.Clamped), "samples")
	}
}

// csvText makes a cell of any text. If a spreadsheet would read it as a formula, it
// gets an apostrophe in front, which makes it text there.
func csvText(text string) string {
	text = printable.Start(printable.Text(text))
	if text != "" && strings.IndexByte("=+-@", text[0]) >= 0 {
		return "'" + text
	}
	return text
}

// ofMatrix writes what a delivered message of each flow costs ("cost"), how much more
// that is than the baseline's ("overhead"), and what single choices add ("choice"). For
// those the phase column has the choice, and the flow it is compared with.
func (f *figureWriter) ofMatrix(m *compare.Matrix) {
	for i := range m.Flows {
		flow := &m.Flows[i]
		f.flow = csvText(flow.Flow)
		if flow.Cost != nil {
			f.put("cost", "", "", "mean", float64(*flow.Cost), "ns")
		}
		for _, p := range tally.CostPhases {
			if d, ok := flow.Phases[p.String()]; ok {
				f.put("cost", p.String(), "", "mean", float64(d), "ns")
			}
		}
		if flow.CPU != nil {
			f.put("cost", "", "generator.cpu", "p50", float64(*flow.CPU), "ns")
		}
	}
	for i := range m.Against.Pairs {
		f.difference("overhead", m.Baseline, &m.Against.Pairs[i])
	}
	for i := range m.Choices.Pairs {
		d := &m.Choices.Pairs[i]
		f.difference("choice", d.Choice()+" against "+d.Base, d)
	}
}

func (f *figureWriter) difference(metric, what string, d *compare.Difference) {
	f.flow = csvText(d.New)
	for _, side := range []struct {
		part string
		row  *compare.Row
	}{{"", d.Time}, {"generator.cpu", d.CPU}} {
		r := side.row
		if r == nil {
			continue
		}
		put := func(stat string, v float64, unit string) {
			f.put(metric, csvText(what), side.part, stat, v, unit)
		}
		put("delta", r.Delta, r.Unit)
		if r.Interval != nil {
			put("low", r.Interval[0], r.Unit)
			put("high", r.Interval[1], r.Unit)
		}
		if r.DeltaPercent != nil {
			put("delta", *r.DeltaPercent, "percent")
		}
		if r.IntervalPercent != nil {
			put("low", r.IntervalPercent[0], "percent")
			put("high", r.IntervalPercent[1], "percent")
		}
		if r.P != nil {
			put("p", *r.P, "probability")
		}
	}
}
