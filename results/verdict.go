package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// The limits beyond which the generator, not the server, made the figures.
const (
	// Late arrivals spoil an open load's figures when the latest hundredth was
	// later than lateFloor and than lateShare of the median response time.
	//
	// The floor is what a quiet machine of two cores reaches, with the server on
	// it, at half of what it can do: the two share a core for a turn of the
	// scheduler now and then.
	lateFloor = 2 * time.Millisecond
	lateShare = 0.05
	// The generator's own part of message time spoils it where it is most of it,
	// and is more than such a turn for a hundredth of the messages. Most of next
	// to nothing is usual: a server next door answers in the few microseconds
	// that the generator takes to go on.
	ownLimit = 0.50
	ownFloor = 2 * time.Millisecond
	// A shard needs a core of its own. With less than this of one, before the
	// load as well as after it, something else keeps the cores busy. What that
	// does to the figures is a matter of luck: the scheduler may favour a thread
	// that sleeps much, and lateness and the generator's own part then show
	// nothing in one run and ruin the next.
	freeLimit = 0.5
	// A sample out of a thousand without a stamp is noise; more is a mixed clock.
	unstampedNote = 0.001
)

// verdict says whether the figures may be believed.
func (r *Run) verdict(res *Result) Verdict {
	v := Verdict{Reasons: []string{}, Notes: []string{}}
	bad := func(format string, args ...any) { v.Reasons = append(v.Reasons, fmt.Sprintf(format, args...)) }
	note := func(format string, args ...any) { v.Notes = append(v.Notes, fmt.Sprintf(format, args...)) }

	for _, name := range res.FlowOrder {
		if f := res.Flows[name]; f.Messages.Accepted+f.Messages.Rejected == 0 {
			bad("nothing measured: flow %s had no message answered%s", name, mostFrequent(f.Errors))
		}
	}
	if r.Closing != nil && r.Closing.Lost != "" {
		bad("target lost: %s", r.Closing.Lost)
	}
	for _, reason := range generatorBound(res) {
		bad("generator-bound: %s", reason)
	}
	if res.Partial {
		note("partial: the run file has lost its end; figures are of what is there")
	}
	if res.Interrupted {
		note("interrupted: the run was ended before its time")
	}
	if s := res.Generator.UnstampedShare; s > unstampedNote {
		note("clock %s: %.1f %% of replies had no kernel stamp and are timed by the user clock, with the generator's delay in them", res.Clock, 100*s)
	}
	if len(r.apart) > 0 {
		longest := slices.Max(slices.Collect(maps.Values(r.apart)))
		if longest > 0 {
			note("merged: the runs did not overlap for up to %s, which counts for no rate; peaks are added up all the same", humanDuration(longest))
		}
	}
	notBegun(res, note)
	v.Valid = len(v.Reasons) == 0
	return v
}

// generatorBound finds how the generator spoiled the figures.
func generatorBound(res *Result) []string {
	var reasons []string
	g := &res.Generator
	if late := g.Late; late != nil {
		limit := max(lateFloor, time.Duration(lateShare*float64(fastestResponse(res))))
		if time.Duration(late.P99) > limit {
			reasons = append(reasons, fmt.Sprintf("arrivals began late: p99 %s after they were due, limit %s; use a lower rate or a faster machine",
				humanDuration(time.Duration(late.P99)), humanDuration(limit)))
		}
	}
	if own := g.Own; own != nil && g.OwnShare > ownLimit && time.Duration(own.P99) > ownFloor {
		reasons = append(reasons, fmt.Sprintf("%.0f %% of message time was the generator's own delay, limit %.0f %%; use a lower rate, fewer sessions or more cores",
			100*g.OwnShare, 100*ownLimit))
	}
	if f := g.Free; f != nil && f.most() < freeLimit {
		reasons = append(reasons, fmt.Sprintf("the cores were busy with something else: %.1f free before the load and %.1f after it, limit %.1f; leave the generator a core of its own",
			f.Before, f.After, freeLimit))
	}
	reasons = append(reasons, localLimits(res)...)
	if n := len(g.ClockSteps); n > 0 {
		var steps []string
		for _, d := range g.ClockSteps[:min(n, 3)] {
			steps = append(steps, humanDuration(time.Duration(d)))
		}
		reasons = append(reasons, fmt.Sprintf("the wall clock stepped %d times (%s): the times under way are wrong; keep time synchronisation from stepping during a run",
			n, strings.Join(steps, ", ")))
	}
	return reasons
}

// fastestResponse is the lowest median response time of the open flows: what
// lateness weighs on most.
func fastestResponse(res *Result) int64 {
	var fastest int64
	for _, f := range res.Flows {
		for _, span := range []smtpwire.Phase{smtpwire.SpanMessage, smtpwire.SpanSession} {
			p := f.Phases[span.String()]
			if p != nil && p.Response != nil && (fastest == 0 || p.Response.P50 < fastest) {
				fastest = p.Response.P50
			}
		}
	}
	return fastest
}

// localLimits collects what the generator's own limits ended, one line a cause.
func localLimits(res *Result) []string {
	var texts []string
	for _, name := range res.FlowOrder {
		for _, e := range res.Flows[name].Errors {
			if e.Class != smtpwire.LocalLimit.String() {
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

func mostFrequent(list []ErrorFigures) string {
	if len(list) == 0 {
		return ""
	}
	e := list[0]
	return fmt.Sprintf("; most often %s at %s: %s", e.Class, e.Phase, e.Example)
}

// notBegun says where an open load asked for more than could begin.
func notBegun(res *Result, note func(string, ...any)) {
	for _, name := range res.FlowOrder {
		f := res.Flows[name]
		for _, e := range f.Errors {
			if f.Load == "open" && e.Class == smtpwire.Canceled.String() && e.Phase == smtpwire.SpanMessage.String() {
				note("overload: %d arrivals of flow %s never began; its response times are lower bounds", e.Count, name)
			}
		}
	}
}
