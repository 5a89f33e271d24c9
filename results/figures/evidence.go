package figures

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// leastLoad is how long a server has to be looked at under load before it is said to use
// all of its cores: a short time is as long as the clock of CPU time is coarse.
const leastLoad = 3 * time.Second

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
	// Not by the CPU time of the process, which may have done more than this run.
	e.Generator = res.Generator.BusiestShare * float64(res.Generator.Shards)
	if s := res.Server; s != nil {
		e.Server = &limits.Server{}
		if s.underLoadLength >= leastLoad {
			e.Server.Cores, e.Server.Of = s.Cores, s.CoresOfMachine
		}
		if s.Overflows != nil {
			e.Server.Overflows = *s.Overflows
		}
	}
	return limits.Find(e)
}
