package capacity

import (
	"fmt"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A watcher makes the blocks of a trial from the intervals of its run.
type watcher struct {
	target  *Target
	seconds int // so many blocks are enough
	enough  func([]Block) bool
	drain   chan struct{} // closed when the trial has what it needs

	mu          sync.Mutex
	ended       bool
	interrupted bool
	m           Measured
	length      time.Duration
	wanted      time.Duration // for which the generator's busiest thread had work
	accepted    int64
	flows       []watched
	times       *histogram.Histogram   // response times of all flows so far
	atGoals     []*histogram.Histogram // what each goal limits, so far; nil if that is no time
	cores       CoreWatch              // since the first interval; nil if there is none
}

// A watched is what a flow had come to at the end of the interval before.
type watched struct{ due, attempted, unaccepted, waiting int64 }

// observe is the OnInterval of the trial's run.
func (w *watcher) observe(p *record.Progress) {
	if next := w.target.options.Run.OnInterval; next != nil {
		next(p)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || p.Length < time.Second/2 {
		return
	}
	if w.flows == nil {
		w.flows = make([]watched, len(p.Flows))
		w.atGoals = make([]*histogram.Histogram, len(w.target.goals))
		w.m.Heard = map[string]time.Time{}
		w.cores = w.target.watchCores()
	} else if w.cores != nil {
		w.cores.Note()
	}
	b := Block{Goals: make([]Count, len(w.target.goals))}
	var times []*histogram.Histogram
	for i := range p.Flows {
		f, was := &p.Flows[i], &w.flows[i]
		now := watched{due: was.due + f.Due, attempted: f.Messages.Attempted - f.Messages.Expected, unaccepted: f.Messages.Unaccepted()}
		now.waiting = w.target.waiting(i, now.due, f)
		for g := range w.target.goals {
			if goal := &w.target.goals[g]; goal.flow == i {
				b.Goals[g] = goal.count(f, now.attempted-was.attempted, now.unaccepted-was.unaccepted)
				w.atGoals[g] = histogram.Merged(w.atGoals[g], goal.times(f))
			}
		}
		if isHeard(f) {
			w.m.Heard[w.target.job.Plan.Flows[i].Name] = p.Started.Add(p.Elapsed).UTC()
		}
		b.Due += f.Due * w.target.each[i]
		b.Waiting += now.waiting
		w.accepted += f.Accepted
		w.m.Errors += now.unaccepted - was.unaccepted
		times = append(times, f.Message)
		*was = now
	}
	w.length += p.Length
	w.wanted += time.Duration(wantedShare(p.BusyShare, p.DeniedShare) * float64(p.Length))
	w.times = histogram.Merged(times...)
	w.m.Blocks = append(w.m.Blocks, b)
	if len(w.m.Blocks) >= w.seconds || w.enough(w.m.Blocks) {
		w.finish()
	}
}

// mostWanted is the share of time for which a generator's thread may have work: beyond it
// the generator is a queue of its own.
const mostWanted = 0.9

// wantedShare is the share of time that a thread wanted a core, if it was on one for the
// share busy, and was denied one for a share of what it wanted.
func wantedShare(busy, denied float64) float64 { return min(1, busy/(1-min(denied, 0.95))) }

// finish ends the trial. Its caller holds mu.
func (w *watcher) finish() {
	if w.ended {
		return
	}
	w.ended = true
	close(w.drain)
	if w.cores != nil {
		w.m.Machine, _ = w.cores.Use() // nil if it is not known
	}
}

// end ends the trial from outside.
func (w *watcher) end(interrupted bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.interrupted = interrupted
	w.finish()
}

func (w *watcher) isInterrupted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.interrupted
}

// isOver tells whether the trial has what it needs.
func (w *watcher) isOver() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// measured is what the trial showed. Call it when the run is over.
func (w *watcher) measured() Measured {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.length > 0 {
		w.m.Achieved = float64(w.accepted) / w.length.Seconds()
	}
	if share := float64(w.wanted) / max(1, float64(w.length)); share > mostWanted {
		w.m.Bound = fmt.Sprintf("the generator had work for %.0f %% of the time, and cannot offer more", 100*share)
	}
	w.m.P50, _ = w.times.Quantile(0.5)
	w.m.P99, _ = w.times.Quantile(0.99)
	for g, h := range w.atGoals {
		at, _ := h.Quantile(w.target.goals[g].threshold.Metric.Q)
		w.m.AtGoals = append(w.m.AtGoals, at)
	}
	for i, f := range w.flows {
		w.m.behind = append(w.m.behind, behind(f.waiting, f.due*w.target.each[i], w.length))
	}
	return w.m
}
