package figures

import (
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A queue is how a stage's backlog went.
type queue struct {
	atEnd int64          // arrivals due and not done at the end
	grew  bool           // it grew to the end
	since sample.Instant // since when it did
}

const (
	// boundarySlack is how long before a stage begins, or after it ends, a backlog may
	// be noted and still be of it: the full seconds of the run and those of a load
	// are not quite the same.
	boundarySlack = 100 * time.Millisecond
	// A shorter stage has too few seconds to tell a queue that grows from one that has
	// found its length.
	shortestQueue = 2 * time.Second
)

// queueIn finds out whether arrivals queued up in a stage, and since when: since the
// last second in which no more of them waited than when the fewest did. Arrivals that
// come at random change the backlog by the root of their number, so a change by less
// than three times that is none. To be under way takes arrivals time too, which makes a
// backlog grow when the rate does, and then stay: only one that still grows in the
// second half of its growth counts.
func queueIn(all []tally.Waiting, stage record.Window, planned record.Stage) queue {
	var list []tally.Waiting
	for _, w := range all {
		if w.At >= stage.From.Add(-boundarySlack) && w.At <= stage.To.Add(boundarySlack) {
			list = append(list, w)
		}
	}
	if stage.Length() <= 0 || len(list) == 0 {
		return queue{}
	}
	last := list[len(list)-1]
	q := queue{atEnd: last.Arrivals}
	fewest := last.Arrivals
	for _, w := range list {
		fewest = min(fewest, w.Arrivals)
	}
	noise := int64(math.Ceil(3 * math.Sqrt(max(1, planned.From, planned.To))))
	from := len(list) - 1
	for from > 0 && list[from].Arrivals > fewest+noise {
		from--
	}
	since := list[from]
	if last.At.Sub(since.At) < shortestQueue {
		return q
	}
	middle := since.At.Add(last.At.Sub(since.At) / 2)
	half := since.Arrivals
	for _, w := range list[from:] {
		if w.At <= middle {
			half = w.Arrivals
		}
	}
	growth := last.Arrivals - since.Arrivals
	q.grew = growth > noise && last.Arrivals-half > growth/4
	q.since = max(since.At, stage.From)
	return q
}

// queuesIn are the queues of the stages of a flow's round.
func queuesIn(r *record.Run, flow int, stages []record.Window) []queue {
	planned := r.Header.Stages[r.Header.Flows[flow].Name]
	list := make([]queue, len(stages))
	for i, w := range stages {
		list[i] = queueIn(r.Backlog(flow), w, planned[i])
	}
	return list
}

// QueuesThatGrew are when arrivals began to queue up in the stages of the load of a
// flow's round, as LoadStage.QueueGrewAt has it. A queue that grows on from one stage
// to the next began once.
func QueuesThatGrew(r *record.Run, flow, round int) []sample.Instant {
	var list []sample.Instant
	stages := r.StageWindows(flow, round)
	growing := false
	for i, q := range queuesIn(r, flow, stages) {
		if q.grew && !(growing && q.since == stages[i].From) {
			list = append(list, q.since)
		}
		growing = q.grew
	}
	return list
}
