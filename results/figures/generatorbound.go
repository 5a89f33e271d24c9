package figures

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// The limits beyond which the generator made the figures, and not the server.
const (
	// The generator's own part of message time spoils the figures if it is most of
	// that time, and is more than a turn of the scheduler for one message in a
	// hundred. Most of a very short time is usual: a server on the same machine
	// answers in the few microseconds that the generator takes to go on.
	ownLimit = 0.50
	ownFloor = 2 * time.Millisecond
	// A shard needs a core of its own. If less than this much of a core was free
	// both before and after the load, something else keeps the cores busy. What
	// that does to the figures is luck: the scheduler may favour a thread that
	// sleeps much, so that one run shows nothing and the next one is spoiled.
	freeLimit = 0.5
	// A generator that stood still for this share of the run has missed as much of
	// its load, and the times of messages need not show it. A smaller share is a
	// note: it is part of the longest times.
	stoodLimit = 0.01
)

// checkGenerator finds how the generator spoiled the figures: causes first, then what they
// do to the figures.
func (v *Validity) checkGenerator(res *Result) {
	addReason := func(format string, args ...any) { v.addReason("generator-bound: "+format, args...) }
	g := &res.Generator
	if f := g.Free; f != nil && f.Most() < freeLimit {
		addReason("the cores were busy with something else: %s free before the load and %s after it, limit %.1f; leave the generator a core of its own",
			besides(f.Before, freeLimit, 1), besides(f.After, freeLimit, 1), freeLimit)
	}
	if g.StoodShare >= stoodLimit {
		addReason("the generator stood still for %s, %.1f %% of the run, limit %.0f %%; let nothing stop its process or its machine",
			human.Duration(g.Stood), 100*g.StoodShare, 100*stoodLimit)
	} else if g.Stood > 0 {
		v.addNote("the generator stood still for %s: the longest times have that in them", human.Duration(g.Stood))
	}
	for _, text := range localLimits(res) {
		addReason("%s", text)
	}
	if n := len(g.ClockSteps); n > 0 {
		var steps []string
		for _, d := range g.ClockSteps[:min(n, 3)] {
			steps = append(steps, human.Duration(d))
		}
		addReason("the wall clock stepped %d times (%s): the times under way are wrong; keep time synchronisation from stepping during a run, and the machine from sleeping",
			n, strings.Join(steps, ", "))
	}
	v.checkArrivals(res)
	if own := g.Own; own != nil && g.OwnShare > ownLimit && own.P99 > ownFloor {
		addReason("%s %% of message time was the generator's own delay, limit %.0f %%; use a lower rate, fewer sessions or more cores",
			besides(100*g.OwnShare, 100*ownLimit, 0), 100*ownLimit)
	} else {
		v.noteOwn(res)
	}
}

// The generator's own part of message time is worth a note if it is this share of a
// percentile, and more than a turn of the scheduler there. The floors are those of late
// arrivals, below which a quiet machine of two cores stays. No verdict follows: the server
// may have been as slow at its own percentile, on cores that both shared.
const ownNoteShare = 0.25

// noteOwn says of which percentile the generator's own part is most, in its worst flow.
func (v *Validity) noteOwn(res *Result) {
	worst, text, fewer := 0.0, "", ""
	if res.Generator.Shards > 1 {
		fewer = ", or fewer shards"
	}
	for name, f := range res.FlowsInOrder() {
		d := f.Phase(sample.SpanMessage).Time(sample.Service)
		if f.own == nil || d == nil {
			continue
		}
		for _, q := range lateFloors {
			own, whole := q.of(f.own), q.of(d)
			if own <= q.floor || whole <= 0 || f.own.Count < q.least {
				continue
			}
			if share := float64(own) / float64(whole); share >= ownNoteShare && share > worst {
				worst = share
				text = fmt.Sprintf("the generator's own delay is %s at %s of a message in flow %s, which took %s: so much may not be the server's; give the generator a core of its own%s",
					human.Duration(own), q.name, name, human.Duration(whole), fewer)
			}
		}
	}
	if text != "" {
		v.addNote("%s", text)
	}
}

// besides writes a value in as many digits as it takes to see on which side of a limit
// it is.
func besides(value, limit float64, digits int) string {
	for last := digits + 2; digits <= last; digits++ {
		text := strconv.FormatFloat(value, 'f', digits, 64)
		if shown, _ := strconv.ParseFloat(text, 64); shown < limit == (value < limit) && shown > limit == (value > limit) {
			return text
		}
	}
	if value < limit {
		return fmt.Sprintf("under %g", limit)
	}
	return fmt.Sprintf("over %g", limit)
}

// Late arrivals spoil each figure of an open load by itself: its median by their
// median, its p99.9 by theirs. They do so if they are later than lateShare of the
// response time at the same quantile, and later than a floor. A quiet machine of two
// cores with the server on it stays below the floor at half the load it can take: the
// two share a core for a turn of the scheduler now and then.
const lateShare = 0.05

var lateFloors = []struct {
	name  string
	of    func(*Distribution) time.Duration
	floor time.Duration
	least int64 // samples; with fewer, the quantile is the maximum
}{
	{"p50", func(d *Distribution) time.Duration { return d.P50 }, time.Millisecond, 0},
	{"p90", func(d *Distribution) time.Duration { return d.P90 }, 2 * time.Millisecond, 0},
	{"p99", func(d *Distribution) time.Duration { return d.P99 }, 2 * time.Millisecond, 0},
	{"p99.9", func(d *Distribution) time.Duration { return d.P999 }, 10 * time.Millisecond, 1000},
}

// latestFloor is the floor of the single latest arrival, which makes a note and no
// reason.
const latestFloor = 50 * time.Millisecond

// checkArrivals checks the arrivals of each flow with open load.
func (v *Validity) checkArrivals(res *Result) {
	for name, f := range res.FlowsInOrder() {
		if f.Late == nil {
			continue
		}
		if v.checkFlowArrivals(name, f) {
			continue
		}
		latest := func(d *Distribution) time.Duration { return d.Max }
		if late := f.Late.Max; late > f.lateLimit(latest, latestFloor) {
			v.addNote("an arrival of flow %s began %s after it was due: the longest response times have that in them", name, human.Duration(late))
		}
	}
}

// checkFlowArrivals tells whether the arrivals of a flow were late, which is a reason.
func (v *Validity) checkFlowArrivals(name string, f *Flow) bool {
	for _, q := range lateFloors {
		late, limit := q.of(f.Late), f.lateLimit(q.of, q.floor)
		if late > limit && f.Late.Count >= q.least {
			v.addReason("generator-bound: arrivals began late: %s %s after they were due in flow %s, limit %s; use a lower rate or a faster machine",
				q.name, human.Duration(late), name, human.Duration(limit))
			return true
		}
	}
	return false
}

// lateLimit is how late arrivals may be at a quantile. It goes by the shortest response
// time at that quantile, in which lateness is the largest part.
func (f *Flow) lateLimit(of func(*Distribution) time.Duration, floor time.Duration) time.Duration {
	var fastest time.Duration
	for _, span := range []sample.Phase{sample.SpanMessage, sample.SpanSession} {
		if d := f.Phase(span).Time(sample.Response); d != nil && (fastest == 0 || of(d) < fastest) {
			fastest = of(d)
		}
	}
	return max(floor, time.Duration(lateShare*float64(fastest)))
}

// localLimits are the failures by the generator's own limits, a line for each cause.
func localLimits(res *Result) []string {
	var texts []string
	for _, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			if e.Class != sample.LocalLimit.String() {
				continue
			}
			text := fmt.Sprintf("local-limit: %d times %s", e.Count, e.Example)
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
