package figures

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// ResultFormat names the shape of Result.
const ResultFormat = "smtpgauge.result/1"

// Of works out the figures of a run.
func Of(r *record.Run) *Result {
	h := &r.Header
	res := &Result{
		Format: ResultFormat, Name: h.Name, Started: h.Started, Partial: r.Partial(), Interrupted: r.Interrupted(), Deserted: r.Deserted(),
		Clock: "unknown", Environment: h.Environment, Seed: h.Seed, Baseline: h.Baseline,
		Target: map[string]*Target{}, Flows: map[string]*Flow{}, Thresholds: []ThresholdResult{},
	}
	ended := r.End().Time()
	if r.Closing != nil {
		res.Clock, ended, res.NotLoaded = cmp.Or(r.Closing.Clock, res.Clock), r.Closing.Ended, r.Closing.NotLoaded
	}
	res.Elapsed = max(0, ended.Sub(h.Started))
	all := tally.NewTotal()
	for i := range h.Flows {
		flow := r.FlowTotal(i, sample.Steady)
		all.Add(flow)
		res.FlowOrder = append(res.FlowOrder, h.Flows[i].Name)
		res.Flows[h.Flows[i].Name] = newFlow(r, i, flow)
		res.Target[h.Flows[i].Name] = TargetOf(h.Flows[i].Name, r)
	}
	res.Generator = newGenerator(r, all)
	res.Server, res.Queries = serverOf(r), queriesOf(r)
	res.Agents = agentsOf(r)
	for i := range h.Thresholds {
		res.Thresholds = append(res.Thresholds, newThresholdResult(r, res, &h.Thresholds[i]))
	}
	res.judge(r)
	res.Findings = limits.Find(res.Evidence(r))
	return res
}

func newFlow(r *record.Run, flow int, t *tally.Total) *Flow {
	h := &r.Header.Flows[flow]
	f := &Flow{
		Label: h.Label(), Load: h.Load(),
		Sessions:   t.Sessions(r.LastGauge(flow).Peak),
		Messages:   t.Messages(),
		Recipients: t.Recipients(),
		Rate:       PerSecond(t.InWindow, r.SteadyLength(flow)), Window: r.SteadyLength(flow),
		Greetings: r.Greetings(flow).List, Phases: newPhases(t), Errors: namedErrors(t, h.Expect), Stages: newStages(r, flow), Drift: driftsOf(r, flow),
	}
	f.Unfinished = newDistribution(t, tally.UnfinishedSlot)
	f.expect, f.own = h.Expect, newDistribution(t, tally.OwnSlot)
	if h.Open {
		f.Late, f.arrives = newDistribution(t, tally.LateSlot), h.Arriving()
		f.Arrivals = &tally.ArrivalCounts{Due: r.LastGauge(flow).Due, Begun: r.LastGauge(flow).Begun}
	}
	if w := r.FlowTotal(flow, sample.Warmup); w.Messages().Attempted > 0 || w.Started > 0 {
		f.Warmup = &Warmup{w.Messages(), newDistribution(w, tally.SlotOf(sample.SpanMessage, sample.Service)), w.Failures.Figures()}
	}
	if r.Header.Rounds > 1 {
		f.Rounds = newRounds(r, flow)
	}
	return f
}

// namedErrors are a total's failures, with those marked that the scenario expects.
func namedErrors(t *tally.Total, expected sample.Expectation) []tally.FailureCount {
	list := append([]tally.FailureCount{}, t.Failures.Figures()...)
	for i := range list {
		list[i].Expected = expected.CoversNamed(list[i].Phase, list[i].Class)
	}
	return list
}

func newRounds(r *record.Run, flow int) []Round {
	var list []Round
	for round := range r.Header.Rounds {
		t := r.Total(sample.Series{Flow: flow, Round: round, Stage: sample.Steady})
		if t == nil {
			continue
		}
		list = append(list, Round{
			Round: round + 1, Messages: t.Messages(), Rate: PerSecond(t.InWindow, r.RoundLength(flow, round)),
			Message:  newDistribution(t, tally.SlotOf(sample.SpanMessage, sample.Service)),
			Response: newDistribution(t, tally.SlotOf(sample.SpanMessage, sample.Response)),
		})
	}
	return list
}

// PerSecond is how many of n there were a second in d; 0 if d is 0.
func PerSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

func newPhases(t *tally.Total) map[string]*Phase {
	m := map[string]*Phase{}
	for p := range sample.Phase(sample.NumPhases) {
		f := &Phase{
			Service:  newDistribution(t, tally.SlotOf(p, sample.Service)),
			Response: newDistribution(t, tally.SlotOf(p, sample.Response)),
			Lag:      newDistribution(t, tally.SlotOf(p, sample.Lag)),
		}
		if f.Service != nil {
			f.Count = f.Service.Count
		}
		if f.Service != nil || f.Response != nil || f.Lag != nil {
			m[p.String()] = f
		}
	}
	return m
}

// newDistribution reads the figures off a histogram; nil if it is empty.
func newDistribution(t *tally.Total, s tally.Slot) *Distribution {
	h := t.Hists[s]
	if h.Count() == 0 {
		return nil
	}
	at := func(q float64) time.Duration { v, _ := h.Quantile(q); return v }
	mean, _ := h.Mean()
	longest, _ := h.Max()
	return &Distribution{
		Count: h.Count(), P50: at(0.5), P90: at(0.9), P99: at(0.99), P999: at(0.999),
		Max: longest, Mean: mean, Clamped: t.Clamped[s],
	}
}

func newGenerator(r *record.Run, all *tally.Total) Generator {
	g := Generator{
		Late: newDistribution(all, tally.LateSlot), Delay: newDistribution(all, tally.DelaySlot), ClockSteps: []time.Duration{},
		BusiestShare: r.Processors.Busiest(), DeniedShare: r.Processors.Denied(),
		Shards: r.Header.Sharding.Shards, ShardsWhy: r.Header.Sharding.Why,
	}
	if stood, length := r.Processors.Stood, r.Processors.Length; stood > 0 {
		g.Stood, g.StoodShare = stood, min(1, float64(stood)/float64(max(stood, length)))
	}
	if c := r.Closing; c != nil {
		g.CPUSeconds, g.MaxRSS, g.GOMAXPROCS, g.Shards = c.Generator.CPU.Seconds(), c.Generator.MaxRSS, c.Generator.GOMAXPROCS, c.Shards
		g.GCPauses, g.GCPauseTotal, g.GCPauseMax = c.Generator.GCPauses, c.Generator.GCPauseTotal, c.Generator.GCPauseMax
		g.Free, g.Cores = c.Generator.Free, c.Generator.Cores()
		g.ClockSteps = append(g.ClockSteps, c.Steps...)
	}
	if n := all.Hists[tally.DelaySlot].Count() + all.Unstamped; n > 0 {
		g.UnstampedShare = float64(all.Unstamped) / float64(n)
	}
	g.Own, g.OwnShare = newDistribution(all, tally.OwnSlot), ownShare(all)
	return g
}

// ownShare is the share of all message time that was the generator's own.
func ownShare(t *tally.Total) float64 {
	message := t.Hists[tally.SlotOf(sample.SpanMessage, sample.Service)].Sum()
	if message <= 0 {
		return 0
	}
	return min(1, float64(t.Hists[tally.OwnSlot].Sum())/float64(message))
}

// newThresholdResult evaluates a threshold. One with nothing to measure is missed.
func newThresholdResult(r *record.Run, res *Result, t *criteria.Threshold) ThresholdResult {
	out := ThresholdResult{Expr: t.Expr, Metric: t.Metric, criterion: *t}
	if t.Op == "" {
		out.Reason = "this version cannot read the threshold"
		return out
	}
	if t.Metric.Drift {
		out.judgeDrift(res.drift(t.Flow, t.Metric))
		return out
	}
	value, reason := 0.0, ""
	if t.Metric.Kind == criteria.ServerQuery {
		value, reason = res.queryMetric(t.Metric)
	} else if t.Metric.OfServer() {
		value, reason = res.Server.metric(t.Metric)
	} else {
		value, reason = metricOf(r, res.Flow(t.Flow), t)
	}
	if reason != "" {
		out.Reason = reason
		return out
	}
	out.Value, out.OK = &value, t.Met(value)
	return out
}

func metricOf(r *record.Run, f *Flow, t *criteria.Threshold) (value float64, reason string) {
	if f == nil {
		return 0, fmt.Sprintf("there is no flow %s", t.Flow)
	}
	m := &f.Messages
	switch t.Metric.Kind {
	case criteria.Errors:
		share, ok := m.ErrorShare()
		if !ok {
			return 0, "no message was attempted"
		}
		return share, ""
	case criteria.Rate:
		if f.Window == 0 && m.Attempted > 0 {
			return 0, "it is not known how long the load lasted"
		}
		if f.Window == 0 {
			return 0, "the load did not begin"
		}
		if m.Attempted == 0 {
			return 0, "no message was attempted"
		}
		return f.Rate, ""
	case criteria.Count:
		if m.Attempted == 0 {
			return 0, "no message was attempted"
		}
		counts := [sample.NumOutcomes]int64{m.Accepted, m.Rejected, m.Failed, m.Unknown}
		return float64(counts[t.Metric.Outcome]), ""
	}
	return latencyOf(r, t)
}

func latencyOf(r *record.Run, t *criteria.Threshold) (value float64, reason string) {
	count := func(p sample.Phase) int64 { return r.Histogram(t.Flow, p, sample.Service).Count() }
	if why, instead := tally.Untimed(count, t.Metric.Phase); why != "" {
		var names []string
		for _, p := range instead {
			names = append(names, t.Flow+"."+p.String()+"."+t.Metric.Stat)
		}
		return 0, why + ": use " + strings.Join(names, ", ")
	}
	d, ok := Stat(r.Histogram(t.Flow, t.Metric.Phase, t.Metric.Part), &t.Metric)
	if !ok {
		return 0, "no sample: the phase never ran"
	}
	return float64(d), ""
}

// Stat reads off times what a metric is about. It is false if there are none.
func Stat(h *histogram.Histogram, m *criteria.Metric) (time.Duration, bool) {
	switch m.Stat {
	case "mean":
		return h.Mean()
	case "max":
		return h.Max()
	}
	return h.Quantile(m.Q)
}
