package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Merge makes one run of several that generators made from the same scenario.
// Counts, histograms and peaks add up. A window is the union of theirs, and time in
// which none of them was at work counts for no rate. The error says which
// run is of another scenario or fleet, or would count twice.
func Merge(runs ...*Run) (*Run, error) {
	if len(runs) == 0 {
		return nil, errors.New("no run to merge")
	}
	if err := checkFleets(runs); err != nil {
		return nil, err
	}
	if err := CheckDistinct(runs); err != nil {
		return nil, err
	}
	out := newRun(runs[0].Header)
	out.Header.Agent, out.identities = nil, nil
	for _, r := range runs {
		if r.Source == "" {
			out.Merged = nil
			break
		}
		out.Merged = append(out.Merged, r.Source)
	}
	closing := Closing{}
	whole, ended := true, false
	for _, r := range runs {
		if r.Header.Started.Before(out.Header.Started) {
			out.Header.Started = r.Header.Started
		}
	}
	for i, r := range runs {
		if r.Header.Hash != out.Header.Hash || !slices.EqualFunc(r.Header.Flows, out.Header.Flows, SameFlow) || r.Header.Rounds != out.Header.Rounds {
			return nil, fmt.Errorf("run %d is of another scenario than run 1: only runs of the same scenario merge", i+1)
		}
		out.merge(r)
		out.astray = join(out.astray, r.astray)
		if r.Closing == nil {
			out.damaged = join(out.damaged, r.damaged)
			whole = false
			continue
		}
		ended = true
		closing.merge(r.Closing)
	}
	if err := out.mergeIntervals(runs); err != nil {
		return nil, fmt.Errorf("putting the runs' intervals together: %w", err)
	}
	closing.Deserted = everyoneDeserted(runs)
	out.mergeAgents(runs, closing.Deserted)
	out.gaps = gapsBetween(runs)
	// In a fleet, what is missing of an agent's file is that agent's, as for its coordinator.
	if whole || len(out.Agents) > 0 && ended {
		out.Closing = &closing
	}
	return out, nil
}

// gapsBetween are, for each series, how much time of the union of the runs' windows
// none of the runs was at work.
func gapsBetween(runs []*Run) map[sample.Series]time.Duration {
	bySeries := map[sample.Series][]Window{}
	sum := map[sample.Series]time.Duration{}
	for _, r := range runs {
		for s, w := range r.windows {
			if w.Length() > 0 && s.Stage != sample.Drain { // nothing is counted in a drain, and each has its own
				bySeries[s] = append(bySeries[s], w)
				sum[s] += r.gaps[s]
			}
		}
	}
	for s, list := range bySeries {
		slices.SortFunc(list, func(a, b Window) int { return cmp.Compare(a.From, b.From) })
		all := list[0]
		for _, w := range list[1:] {
			sum[s] += max(0, w.From.Sub(all.To))
			all = all.union(w)
		}
	}
	return sum
}

func (r *Run) merge(from *Run) {
	r.identities = append(r.identities, from.identities...)
	for s, t := range from.totals {
		r.total(s).Add(t)
	}
	for s, t := range from.stages {
		addTo(r.stages, s).Add(t)
	}
	for i := range from.backlogs {
		r.backlogs[i].Merge(&from.backlogs[i])
	}
	for s, w := range from.windows {
		r.windows[s] = r.windows[s].union(w)
	}
	later := int64(from.Header.Started.Sub(r.Header.Started).Round(time.Second) / time.Second)
	for i := range from.trends {
		r.trends[i].Merge(&from.trends[i], later)
	}
	for i := range from.greetings {
		r.greetings[i].Merge(from.greetings[i])
		r.visits[i].Merge(from.visits[i])
	}
	for i, g := range from.gauges {
		into := &r.gauges[i]
		into.Open, into.Peak = into.Open+g.Open, into.Peak+g.Peak
		into.Refused += g.Refused
		into.Due, into.Begun = into.Due+g.Due, into.Begun+g.Begun
	}
	r.Processors.Merge(&from.Processors)
	r.end = max(r.end, from.end)
	r.cpu.Merge(&from.cpu)
	r.Server.Merge(from.Server)
	r.Queries.Merge(from.Queries)
}

// mergeIntervals puts the intervals of several generators in the order of time.
func (r *Run) mergeIntervals(runs []*Run) error {
	for _, from := range runs {
		r.width = max(r.width, from.width)
	}
	for _, from := range runs {
		list, err := widened(max(1, r.width), from)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].Generator += r.generators
		}
		r.generators += max(1, from.generators)
		r.Intervals = append(r.Intervals, list...)
	}
	slices.SortStableFunc(r.Intervals, func(a, b Interval) int { return cmp.Compare(a.From, b.From) })
	return nil
}

// join puts two texts together, either of which may be empty.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func (c *Closing) merge(from *Closing) {
	if from.Ended.After(c.Ended) {
		c.Ended = from.Ended
	}
	c.Interrupted = c.Interrupted || from.Interrupted
	if !strings.Contains(c.Lost, from.Lost) { // several may say the same of one target
		c.Lost = join(c.Lost, from.Lost)
	}
	if c.Aborted == "" {
		c.Aborted = from.Aborted
	}
	if c.NotLoaded == "" {
		c.NotLoaded = from.NotLoaded
	}
	switch none := sample.NoClock.String(); { // who had no reply has no say
	case c.Clock == "" || c.Clock == none:
		c.Clock = from.Clock
	case from.Clock != c.Clock && from.Clock != none:
		c.Clock = sample.MixedClock.String()
	}
	c.Steps = append(c.Steps, from.Steps...)
	c.Shards += from.Shards
	c.Behind = max(c.Behind, from.Behind)
	c.Generator.Merge(from.Generator)
}
