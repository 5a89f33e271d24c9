package capacity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/results/figures/limits"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// TargetOptions say how trials are carried out.
type TargetOptions struct {
	// Run is for each trial. Its Drain ends the search, and its OnInterval sees the
	// intervals of all trials. Its File is not used: see Log.
	Run gauge.Options
	// Pause is how long the server rests after a trial, once all sessions are closed;
	// default 1 s, and twice that after a trial that ended early.
	Pause time.Duration
	// WatchCores is asked during each trial who uses this machine's cores; nil asks the
	// operating system.
	WatchCores func() (CoreWatch, error)
}

// A CoreWatch looks at who uses this machine's cores.
type CoreWatch interface {
	// Note is called each second.
	Note()
	// Use says who has used them since the watch began. It ends the watch.
	Use() (*serverside.CoreUse, error)
}

// A TrialAgent is one of those that carry out trials in place of this process.
type TrialAgent struct {
	Name string `json:"name"`
	Host string `json:"host"`
}

// A Target is the server of a scenario, which it loads at any rate.
type Target struct {
	job     *gauge.Job
	agents  []TrialAgent // nil if this process carries trials out
	goals   []Goal
	options TargetOptions
	shares  []float64 // of each flow in all messages
	each    []int64   // messages that an arrival of each flow brings
	seed    uint64
	trials  uint64
	seen    limits.Trials
}

// NewTarget makes a target of a job, whose plan it changes: each trial is one round of
// all flows at a steady rate, without a warm-up. The rates of its stages, on average, say
// which share each flow has. The error names a flow that has no rate to scale.
func NewTarget(job *gauge.Job, goals []Goal, o TargetOptions) (*Target, error) {
	if o.Pause <= 0 {
		o.Pause = time.Second
	}
	if o.WatchCores == nil {
		o.WatchCores = func() (CoreWatch, error) { return job.WatchCores() }
	}
	p := job.Plan
	t := &Target{job: job, goals: goals, options: o, seed: p.Seed}
	if p.InTurn && len(p.Flows) > 1 {
		return nil, errors.New("the flows run in turn, so they have no mix to scale: set schedule.flows=together, or leave one flow")
	}
	sum := 0.0
	for i := range p.Flows {
		rate, each, err := messageRate(&p.Flows[i])
		if err != nil {
			return nil, err
		}
		t.shares, t.each = append(t.shares, rate), append(t.each, each)
		sum += rate
	}
	for i := range t.shares {
		t.shares[i] /= sum
	}
	p.Rounds, p.Warmup, p.InTurn = 1, 0, false
	job.Criteria = criteria.Criteria{} // a trial is judged by its goals
	return t, nil
}

// messageRate is how many messages a second a flow sends on average, and how many of them
// one arrival brings.
func messageRate(f *loadgen.Flow) (rate float64, each int64, err error) {
	each = 1
	switch {
	case !f.Load.Open():
		return 0, 0, fmt.Errorf("flow %s has a closed load, which has no rate to scale: set flows.%s.load={rate: 100 messages/s, max_sessions: 500, duration: 10s}", f.Name, f.Name)
	case f.Load.Unit == loadgen.Sessions && f.Session.Messages == 0:
		return 0, 0, fmt.Errorf("the sessions of flow %s have no number of messages, so their rate says nothing: set flows.%s.session.messages, or a rate in messages/s", f.Name, f.Name)
	case f.Load.Unit == loadgen.Sessions:
		each = int64(f.Session.Messages)
	}
	area, length := 0.0, 0.0
	for _, s := range f.Load.Stages {
		area += float64(s.From+s.To) / 2 * s.For.Seconds()
		length += s.For.Seconds()
	}
	if area <= 0 {
		return 0, 0, fmt.Errorf("flow %s has no load: set flows.%s.load.rate", f.Name, f.Name)
	}
	return area / length * float64(each), each, nil
}

// UseAgents has all trials carried out by agents, as gauge.Options.Elsewhere does with a run.
// A trial that an agent had not its whole part in tells nothing. A search ends with
// gauge.ErrAgentLost if one does not come back.
func (t *Target) UseAgents(agents []TrialAgent, elsewhere func(context.Context, *gauge.Job, gauge.Options) (*record.Run, error)) {
	t.agents, t.options.Run.Elsewhere = agents, elsewhere
}

// Findings are what the trials until now show of what limits the server.
func (t *Target) Findings() []limits.Finding { return t.seen.Find() }

// Mix says which share of the messages each flow has, in the plan's order.
func (t *Target) Mix() []float64 { return t.shares }

// Try implements Server. It ends a trial as soon as it has as many seconds as it was to
// have, and leaves out what comes after that: what is under way is finished, and what
// was due and has not begun is not sent. If ctx's deadline passes meanwhile, what is under
// way is cut off: Measured.Undrained.
func (t *Target) Try(ctx context.Context, rate float64, length time.Duration, enough func([]Block) bool) (Measured, error) {
	begun := time.Now()
	t.trials++
	p := t.job.Plan
	p.Seed = t.seed + t.trials
	for i := range p.Flows {
		r := pace.Rate(rate * t.shares[i] / float64(t.each[i]))
		// Two seconds more than are measured, so that the load does not end in the
		// last of them.
		p.Flows[i].Load.Stages = []pace.Stage{{For: length + 2*time.Second, From: r, To: r}}
	}
	w := &watcher{target: t, seconds: max(1, int(length/time.Second)), enough: enough, drain: make(chan struct{})}
	over := make(chan struct{})
	go func() {
		select {
		case <-t.options.Run.Drain:
			w.end(true)
		case <-over:
		}
	}()
	if run := &t.options.Run; run.Shards == 0 && run.Elsewhere == nil { // one choice for all trials, whatever their rate
		s := t.job.SearchSharding(ctx)
		run.Shards, run.ShardsWhy = s.Shards, s.Why
	}
	o := t.options.Run
	o.File, o.Drain, o.OnInterval = nil, w.drain, w.observe
	result, err := t.job.Run(ctx, o)
	close(over)
	if err != nil {
		return Measured{}, err
	}
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	if w.isInterrupted() || ctx.Err() != nil && !(late && w.isOver()) {
		return Measured{}, gauge.ErrInterrupted
	}
	m := w.measured()
	m.Undrained = late
	m.Usual, m.Refused = commonest(result.Figures)
	m.Silent, m.Unused = silences(result.Figures), unused(result.Figures)
	m.CutOff = cutOff(result.Figures)
	if s := result.Figures.Server; s != nil && s.CPUPerMessage != nil {
		m.Server = &ServerSide{*s.CPUPerMessage, s.Cores, s.CoresOfMachine}
	}
	if !t.job.IsHere(result.Figures) {
		m.Machine = nil
	}
	short := shortOf(result.Run)
	m.Short = short != ""
	m.Bound = cmp.Or(short, m.Bound, spoiled(result.Figures, &m, t.goals))
	m.Starved = starved(&m, result.Figures.Generator.Free, t.goals)
	if m.Bound == "" && m.Starved == "" && !m.isUnanswered() { // otherwise what it shows may be the generator's
		t.seen.Add(result.Figures.Evidence(result.Run))
	}
	pause := t.options.Pause
	if len(m.Blocks) < w.seconds {
		pause *= 2
	}
	if err := t.rest(ctx, pause); err != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Measured{}, err // if there is no time left, no trial follows
	}
	m.Took = time.Since(begun)
	return m, nil
}

// watchCores begins to look at who uses this machine's cores; nil if that cannot be known.
// The generators of a fleet are other processes, or on other machines.
func (t *Target) watchCores() CoreWatch {
	if t.options.Run.Elsewhere != nil {
		return nil
	}
	watch, err := t.options.WatchCores()
	if err != nil {
		return nil
	}
	return watch
}

// rest waits, unless the search is interrupted.
func (t *Target) rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-t.options.Run.Drain:
	case <-ctx.Done():
	}
	return gauge.ErrInterrupted
}

// waiting is how many messages of a flow are due and not done.
func (t *Target) waiting(i int, due int64, f *record.FlowProgress) int64 {
	if t.each[i] == 1 && t.job.Plan.Flows[i].Load.Unit == loadgen.Messages {
		return due - f.Messages.Attempted
	}
	return (due - f.Sessions.Completed - f.Sessions.Failed - f.Sessions.Canceled) * t.each[i]
}
