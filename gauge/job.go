package gauge

import (
	"context"
	"errors"

	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Run carries a scenario out. If anything was measured it returns a Result. If there is
// an error beside a Result, the run file could not be written. A run that ctx or
// Options.Drain ended early is a Result without an error, whose Err is ErrInterrupted.
// If a flow cannot work at its target, nothing is sent: the error is of type check.Faults,
// and the Result says the same.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*Result, error) {
	job := NewJob(s)
	if err := job.Check(); err != nil {
		return nil, err
	}
	if !o.NoProbe {
		passing, err := job.Probe(ctx)
		if faults := (check.Faults)(nil); errors.As(err, &faults) {
			result, unwritten := job.Decline(faults, o)
			return result, errors.Join(err, unwritten)
		}
		if err != nil {
			return nil, err
		}
		for _, fault := range passing {
			if o.OnFault != nil {
				o.OnFault(fault)
			}
		}
	}
	return job.Run(ctx, o)
}

// A Job is a scenario about to be carried out.
type Job struct {
	// Plan is what will be done. It belongs to the job alone and may be changed
	// until Check.
	Plan *loadgen.Plan
	// Criteria are what the run is judged by. They may be changed until Run.
	Criteria criteria.Criteria

	scenario *scenarios.Scenario
	ports    []scenarios.SinkPort // of the sink, for all flows of the scenario
}

// NewJob plans a scenario. Nothing is looked up or opened yet.
func NewJob(s *scenarios.Scenario) *Job {
	plan := s.Plan()
	return &Job{Plan: plan, Criteria: s.Criteria(), scenario: s, ports: scenarios.SinkPorts(plan)}
}

// Scenario is what the job was made of.
func (j *Job) Scenario() *scenarios.Scenario { return j.scenario }

// Fits returns an error if a run of the job is too large for a run file.
func (j *Job) Fits() error { return record.Fits(j.Plan, j.Criteria) }

// Check finds, before a run begins, what would keep it from working: a run that is too
// large for a run file, targets that may not be loaded, and what this machine cannot do
// (see scenarios.Scenario.CheckTarget). Run by itself refuses targets that may not be
// loaded, but nothing else.
func (j *Job) Check() error {
	if err := j.Fits(); err != nil {
		return err
	}
	return j.scenario.CheckTarget(context.Background(), j.Plan)
}

// Probe goes through one session of each flow, before any load: all that a session does
// but DATA (see check.Probe). It returns the faults that may pass by themselves. If a
// flow cannot work, the error is of type check.Faults. Flows whose target is sink are
// left out: the built-in server is made to fit the scenario, and its counts are to be
// those of the load.
//
// The method Run does not probe, because a job may be run again and again.
func (j *Job) Probe(ctx context.Context) (passing []*check.Fault, err error) {
	return check.Probe(ctx, j.Plan, check.Options{Skip: scenarios.OnSink})
}

// Look looks at the targets of the plan, and at this machine (see check.Look). If a flow
// goes to the sink, it starts one for that time.
func (j *Job) Look(ctx context.Context, sink Sink, o check.LookOptions) (*check.Report, error) {
	if len(scenarios.SinkPorts(j.Plan)) == 0 {
		return check.Look(ctx, j.Plan, o)
	}
	server, err := j.place(ctx, Options{Sink: sink}.withDefaults().Sink)
	if err != nil {
		return nil, err
	}
	o.TakesAll = scenarios.OnSink
	report, err := check.Look(ctx, j.Plan, o)
	_, stopped := server.Stop()
	return report, errors.Join(err, stopped)
}

// Run carries the plan out, and returns what the function Run does. It may be called
// again and again, but not twice at the same time.
func (j *Job) Run(ctx context.Context, o Options) (*Result, error) {
	o = o.withDefaults()
	if o.Elsewhere != nil {
		run, err := o.Elsewhere(ctx, j, o)
		return newResult(run, nil), err
	}
	if len(scenarios.SinkPorts(j.Plan)) == 0 {
		run, err := j.measure(ctx, o)
		return newResult(run, nil), err
	}
	server, err := j.place(ctx, o.Sink)
	if err != nil {
		return nil, err
	}
	run, err := j.measure(ctx, o)
	served := &Served{}
	served.Counts, served.Err = server.Stop()
	if run == nil {
		return nil, errors.Join(err, served.Err)
	}
	return newResult(run, served), err
}
