package render

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/results/render/targets"
)

// heading is a result in one line.
func (res *document) heading() string {
	return strings.Join(append([]string{res.Name}, res.circumstances()...), " · ")
}

// circumstances are how long a run took, when, by which clock if it is not the best, and
// what it lacks.
func (res *document) circumstances() []string {
	var parts []string
	if res.part != "" {
		parts = append(parts, res.part)
	}
	started := res.Started.UTC().Format("2006-01-02 15:04:05") + " UTC"
	if res.NotLoaded != "" {
		return append(parts, started) // there is nothing that took time
	}
	parts = append(parts, human.Duration(res.Elapsed), started)
	if res.Clock != "kernel" && (res.Clock != sample.NoClock.String() || res.Partial) { // nothing was timed
		parts = append(parts, "clock: "+res.Clock)
	}
	if res.Partial {
		parts = append(parts, "partial")
	}
	if res.Deserted {
		parts = append(parts, "coordinator lost")
	}
	if res.Interrupted {
		parts = append(parts, "interrupted")
	}
	return parts
}

// report is all of a run for people, in the order they read it: what was reached, what
// failed, what that costs, where the time went, and whether to believe it.
func (res *document) report() []table.Section {
	sections := []table.Section{res.flowSection(), res.stageSection(), res.errorSection(), res.thresholdSection(), res.findingSection()}
	sections = append(sections, compared.MatrixSections(res.Matrix)...)
	sections = append(sections, res.sessionSection(), res.addressSection(), res.phaseSection(), res.roundSection(), res.driftSection(), res.serverSection(), res.agentSection(), res.generatorSection(), res.validitySection())
	if len(res.Verdict.Why()) > 0 { // then nothing else matters as much
		last := len(sections) - 1
		sections = append([]table.Section{sections[last]}, sections[:last]...)
	}
	return table.WithoutEmpty(sections...)
}

var timeColumns = []string{"p50", "p90", "p99", "p99.9", "max"}

// timeCells are a distribution's cells under timeColumns.
func timeCells(d *figures.Distribution) []table.Cell {
	if d == nil {
		return table.Plain(slices.Repeat([]string{human.NoSamples}, len(timeColumns))...)
	}
	return table.Plain(human.Duration(d.P50), human.Duration(d.P90), human.Duration(d.P99), human.Duration(d.P999), human.Duration(d.Max))
}

func (res *document) sessionSection() table.Section {
	s := table.Section{ID: sessionsID, Title: "Sessions"}
	s.Columns = append([]table.Column{{Name: "flow", Left: true}}, table.Numbers("started", "completed", "failed", "peak", "rcpt ok", "rcpt rejected")...)
	arrivals := false
	for _, f := range res.FlowsInOrder() {
		arrivals = arrivals || f.Arrivals != nil
	}
	if arrivals {
		s.Columns = append(s.Columns, table.Numbers("due", "begun")...)
	}
	warmup := int64(0)
	for name, f := range res.FlowsInOrder() {
		n := &f.Sessions
		row := table.Plain(name, human.Count(n.Started), human.Count(n.Completed), human.Count(n.Failed), human.Count(n.Peak),
			human.Count(f.Recipients.Accepted), human.Count(f.Recipients.Rejected))
		switch {
		case f.Arrivals != nil:
			row = append(row, table.Plain(human.Count(f.Arrivals.Due), human.Count(f.Arrivals.Begun))...)
		case arrivals:
			row = append(row, table.Plain(human.NoSamples, human.NoSamples)...)
		}
		s.Rows = append(s.Rows, row)
		if f.Warmup != nil {
			warmup += f.Warmup.Messages.Attempted
		}
	}
	if warmup > 0 {
		s.Lines = table.Plain("Left out of all figures but peak, due and begun: " + human.Count(warmup) + " messages of the warm-up.")
		if !arrivals {
			s.Lines = table.Plain("Left out of all figures but peak: " + human.Count(warmup) + " messages of the warm-up.")
		}
	}
	return s
}

// addressSection is what became of the sessions at each address, for flows that tried
// several.
func (res *document) addressSection() table.Section {
	s := table.Section{ID: addressesID, Title: "Addresses", Columns: []table.Column{{Name: "flow", Left: true}, {Name: "address", Left: true}}}
	s.Columns = append(s.Columns, table.Numbers("sessions", "unreached", "failed")...)
	s.Columns = append(s.Columns, table.Column{Name: "why unreached", Left: true, Code: true, Wrap: 30})
	for name, t := range res.TargetsInOrder() {
		for _, c := range t.Addresses {
			address := c.Address
			if address == "" {
				address = "others"
			}
			row := table.Plain(name, address, human.Count(c.Started), human.Count(c.Unreached), human.Count(c.Failed), c.Why)
			row[3].Bad, row[4].Bad = c.Unreached > 0, c.Failed > 0
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

func (res *document) phaseSection() table.Section {
	s := table.Section{ID: phasesID, Title: "Phases", Each: true}
	s.Columns = append([]table.Column{{Name: "flow", Left: true}, {Name: "phase", Left: true}}, table.Numbers("count")...)
	s.Columns = append(s.Columns, table.Numbers(append(timeColumns, "mean")...)...)
	for flow, f := range res.FlowsInOrder() {
		for phase, p := range f.PhasesInOrder() {
			for part := range sample.Part(sample.NumParts) {
				name, count, mean := phase.String(), human.NoSamples, human.NoSamples
				if part != sample.Service {
					name += " " + part.String()
				}
				switch d := p.Time(part); {
				case d != nil:
					count, mean = human.Count(d.Count), human.Duration(d.Mean)
				case part != sample.Service:
					continue
				}
				row := append(table.Plain(flow, name, count), timeCells(p.Time(part))...)
				s.Rows = append(s.Rows, append(row, table.Cell{Text: mean}))
			}
		}
	}
	return s
}

func (res *document) roundSection() table.Section {
	s := table.Section{ID: roundsID, Title: "Rounds"}
	s.Columns = append([]table.Column{{Name: "flow", Left: true}}, table.Numbers("round", "msg/s", "attempted", "accepted", "p50", "p99")...)
	for flow, f := range res.FlowsInOrder() {
		if len(f.Rounds) < 2 {
			continue
		}
		for _, r := range f.Rounds {
			p50, p99 := human.NoSamples, human.NoSamples
			if d := r.Judged(f.Load); d != nil {
				p50, p99 = human.Duration(d.P50), human.Duration(d.P99)
			}
			s.Rows = append(s.Rows, table.Plain(flow, strconv.Itoa(r.Round), human.Rate(r.Rate),
				human.Count(r.Messages.Attempted), human.Count(r.Messages.Accepted), p50, p99))
		}
	}
	return s
}

// targets are what the flows of a run loaded.
func (res *document) targets() []string { return targets.Lines(res.TargetsInOrder(), res.Started) }

// flowTargets are what each flow loaded, by the flows' names.
func (res *document) flowTargets() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name, t := range res.TargetsInOrder() {
			one := maps.All(map[string]*figures.Target{name: t})
			if text := strings.Join(targets.Lines(one, res.Started), "; "); text != "" && !yield(name, text) {
				return
			}
		}
	}
}
