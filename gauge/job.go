package gauge

import (
	"context"
	"errors"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Run carries a scenario out. It returns a Result if anything was measured, also
// beside an error, which is then that of writing the run file. A run that
// Options.Drain or ctx ended early is a Result without an error, and its
// Result.Err is ErrInterrupted.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*Result, error) {
	job := NewJob(s)
	if err := job.Check(); err != nil {
		return nil, err
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
	ports    []scenarios.SinkPort // that the scenario needs, whatever of it is run
}

// NewJob plans a scenario. Nothing is looked up or opened yet.
func NewJob(s *scenarios.Scenario) *Job {
	plan := s.Plan()
	return &Job{Plan: plan, Criteria: s.Criteria(), scenario: s, ports: scenarios.SinkPorts(plan)}
}

// Fits says why a run of the job has no room in a run file; nil if it has.
func (j *Job) Fits() error { return record.Fits(j.Plan, j.Criteria) }

// Check refuses a run that has no room in a run file, targets that are not there
// to be loaded, and what cannot work from this machine, before anything of a run
// exists: see scenarios.Scenario.CheckTarget. Run refuses strangers by itself,
// too.
func (j *Job) Check() error {
	if err := j.Fits(); err != nil {
		return err
	}
	return j.scenario.CheckTarget(j.Plan)
}

// Run carries the plan out, as the function Run does from there on. One Job may
// be run again and again, but not twice at once.
func (j *Job) Run(ctx context.Context, o Options) (*Result, error) {
	o = o.withDefaults()
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
