package limits

import (
	"slices"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Trials is evidence from several runs of the same flows at different rates: each is a
// stage of a load that has them all. The zero value has none.
type Trials struct{ evidence *Evidence }

// Add adds a run. Its evidence is not used elsewhere any more. Of the server the run
// counts in which most cores were in use.
func (t *Trials) Add(e *Evidence) {
	for i := range e.Flows {
		f := &e.Flows[i]
		f.Stages = []Stage{f.asStage()}
	}
	into := t.evidence
	if into == nil {
		t.evidence = e
		return
	}
	if e.used() > into.used() {
		into.Generator, into.Busiest, into.Server = e.Generator, e.Busiest, e.Server
	}
	for i := range min(len(into.Flows), len(e.Flows)) {
		into.Flows[i].join(&e.Flows[i])
	}
}

// Find returns the findings of all runs together.
func (t *Trials) Find() []Finding {
	if t.evidence == nil {
		return nil
	}
	return Find(t.evidence)
}

// used is how many cores server and generator had in use.
func (e *Evidence) used() float64 {
	if e.Server == nil {
		return 0
	}
	return e.Server.Cores + e.Generator
}

// asStage is a flow under a steady load as a stage of one with several.
func (f *Flow) asStage() Stage {
	median, _ := f.times(sample.SpanMessage).Quantile(0.5)
	return Stage{Offered: f.Offered, Rate: f.Rate, Accepted: f.Accepted, Time: median, Wait: f.wait(), Peak: f.Peak, Outgrew: f.Behind, Cores: f.Cores, Idle: f.Idle, Errors: f.Errors}
}

func (f *Flow) join(next *Flow) {
	f.Total.Add(next.Total)
	f.Peak, f.Refused, f.Accepted = max(f.Peak, next.Peak), max(f.Refused, next.Refused), f.Accepted+next.Accepted
	f.Behind, f.Limit = f.Behind || next.Behind, max(f.Limit, next.Limit)
	f.Stages = append(f.Stages, next.Stages...)
	errors := slices.Clone(f.Errors) // which a stage has too
	for _, e := range next.Errors {
		same := func(o tally.FailureCount) bool {
			return o.Phase == e.Phase && o.Class == e.Class && o.Code == e.Code && o.Enhanced == e.Enhanced && o.Expected == e.Expected
		}
		if i := slices.IndexFunc(errors, same); i >= 0 {
			errors[i].Count += e.Count
		} else {
			errors = append(errors, e)
		}
	}
	f.Errors = errors
}
