package figures

import (
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
)

const (
	// leastLoad is how long a server has to be looked at under load before it is said to
	// use all of its cores: a short time is as long as the clock of CPU time is coarse.
	leastLoad = 3 * time.Second
	// An open load that carried less than this share of what was due has outgrown the
	// server.
	keptUp = 0.9
)

// Evidence is what findings are made from.
func (res *Result) Evidence(r *record.Run) *limits.Evidence {
	e := &limits.Evidence{Busiest: res.Generator.BusiestShare}
	for i := range r.Header.Flows {
		e.Flows = append(e.Flows, res.flowEvidence(r, i))
	}
	// Not by the CPU time of the process, which may have done more than this run.
	e.Generator = res.Generator.BusiestShare * float64(res.Generator.Shards)
	s := res.Server
	if s == nil {
		return e
	}
	e.Server = &limits.Server{}
	if s.underLoadLength >= leastLoad {
		e.Server.Cores, e.Server.Of = s.Cores, s.CoresOfMachine
	}
	if s.Overflows != nil {
		e.Server.Overflows = *s.Overflows
	}
	if s.MaxQueue != nil {
		e.Server.Waited = *s.MaxQueue
	}
	if s.WrittenPerMsg != nil {
		e.Server.Written = *s.WrittenPerMsg
	}
	if s.DiskWait != nil {
		e.Server.DiskWait = *s.DiskWait
	}
	return e
}

func (res *Result) flowEvidence(r *record.Run, i int) limits.Flow {
	h, f := r.Header.Flows[i], res.Flow(r.Header.Flows[i].Name)
	flow := limits.Flow{
		Name: h.Name, Alone: r.Header.InTurn || len(r.Header.Flows) == 1, Total: r.FlowTotal(i, sample.Steady), Peak: f.Sessions.Peak, Refused: int64(r.LastGauge(i).Refused),
		Accepted: f.Messages.Accepted, Rate: f.Rate, Errors: f.Errors,
	}
	var windows []record.Window
	for round := range r.Header.Rounds {
		windows = append(windows, r.Window(sample.Series{Flow: i, Round: round, Stage: sample.Steady}))
	}
	flow.Cores, flow.Idle = coresIn(r, windows...)
	if f.Arrivals == nil {
		flow.Sessions = f.Sessions.Peak
	} else if flow.Offered, _ = f.Offered(); h.OfMessages() {
		flow.Behind = f.Rate < keptUp*flow.Offered
	}
	if h.Open {
		flow.Limit = h.Offered.MaxSessions
	}
	h.Name, h.Offered = "", record.FlowLoad{}
	flow.Alike = fmt.Sprint(h)
	for n := range f.Stages {
		s := &f.Stages[n]
		stage := limits.Stage{Offered: s.Offered, Rate: s.Rate, Accepted: s.Messages.Accepted, Peak: flow.Peak, Outgrew: s.QueueGrewAt != nil, Errors: s.Errors}
		if d := s.Phases[sample.SpanMessage.String()].Time(sample.Service); d != nil {
			stage.Time = d.P50
		}
		for _, span := range []sample.Phase{sample.SpanMessage, sample.SpanSession} {
			if d := s.Phases[span.String()].Time(sample.Lag); d != nil { // one of them arrives
				stage.Wait = max(0, d.P50-s.late) // which is the generator's
			}
		}
		var times []record.Window
		for round := range r.Header.Rounds {
			if all := r.StageWindows(i, round); s.Stage <= len(all) {
				times = append(times, all[s.Stage-1])
			}
		}
		stage.Cores, stage.Idle = coresIn(r, times...)
		flow.Stages = append(flow.Stages, stage)
	}
	return flow
}

// coresIn is how many cores the server used in some windows, and which share of its
// machine's CPU time nobody used; 0 if it was not looked at for most of them, or they are
// too short to tell.
func coresIn(r *record.Run, windows ...record.Window) (cores, idle float64) {
	var cpu, looked, length, all, unused time.Duration
	for _, w := range windows {
		part := r.Server.Between(w.From, w.To)
		cpu, looked, length = cpu+part.CPU, looked+part.Length(), length+w.Length()
		if part.Idle != nil {
			all, unused = all+time.Duration(part.Cores)*part.Length(), unused+time.Duration(*part.Idle)
		}
	}
	if looked < leastLoad || float64(looked) < leastLooked*float64(length) {
		return 0, 0
	}
	return cpu.Seconds() / looked.Seconds(), float64(unused) / float64(max(1, all))
}
