package render

import (
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

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
