package figures

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// limits are the findings on what limits the server.
func (res *Result) limits(r *record.Run) []limits.Finding {
	e := &limits.Evidence{}
	for i := range r.Header.Flows {
		f := res.Flow(r.Header.Flows[i].Name)
		flow := limits.Flow{Name: r.Header.Flows[i].Name, Total: r.FlowTotal(i, sample.Steady), Peak: f.Sessions.Peak, Errors: f.Errors}
		for n := range f.Stages {
			s := &f.Stages[n]
			flow.Stages = append(flow.Stages, limits.Stage{Offered: s.Offered, Rate: s.Rate, Errors: s.Errors})
		}
		e.Flows = append(e.Flows, flow)
	}
	if res.Elapsed > 0 {
		e.Generator = res.Generator.CPUSeconds / res.Elapsed.Seconds()
	}
	if s := res.Server; s != nil {
		e.Server = &limits.Server{Cores: s.Cores, Of: s.CoresOfMachine}
		if s.Overflows != nil {
			e.Server.Overflows = *s.Overflows
		}
	}
	return limits.Find(e)
}
