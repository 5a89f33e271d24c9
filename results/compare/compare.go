package compare

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Options say what is compared and when a difference counts. The zero
// value tests the headline metrics at 5 %, and is interested in 5 % and more.
type Options struct {
	Alpha     float64         // chance of any false alarm in all rows together; 0 means 0.05
	MinEffect float64         // smallest effect of interest, as a share: 0.03 for 3 %; 0 means DefaultMinEffect
	Metrics   []string        // patterns of path.Match for METRIC or FLOW.METRIC; none means the headlines
	All       bool            // without Metrics, every metric
	Gates     []criteria.Gate // their metrics are compared too
}

// DefaultMinEffect is the smallest effect of interest if Options name none.
// SmallestErrors is that of a share of errors, in every case: one message of a
// thousand. A share that rises from 1 to 2 of a million doubles, and matters to nobody.
const (
	DefaultMinEffect = 0.05
	SmallestErrors   = 0.001
)

// level and interest are Alpha and MinEffect with their defaults.
func (o *Options) level() float64    { return cmp.Or(o.Alpha, stats.DefaultAlpha) }
func (o *Options) interest() float64 { return cmp.Or(o.MinEffect, DefaultMinEffect) }

// Compare judges each flow of the new runs against the flow of that name of the
// base runs. Runs of one side are repeats: their rounds count together.
//
// Its Warnings say what limits the comparison. The error says that there is nothing
// to compare, that a run is twice on a side, or which option is wrong.
func Compare(base, other []*record.Run, o Options) (*Comparison, error) {
	c := &builder{o: o, comparison: newComparison(o)}
	if err := c.check(base, other); err != nil {
		return nil, err
	}
	var warning string
	if warning, c.shared = record.SharedRuns(base, other); c.shared {
		c.warn(warning)
	}
	names, others := flowNames(base), flowNames(other)
	c.comparison.Base, c.comparison.New = newSide(base, names...), newSide(other, others...)
	var parts []*builder
	var group sync.WaitGroup
	slots := make(chan struct{}, flowsAtOnce)
	for _, name := range names {
		if slices.Contains(others, name) {
			// Flows are worked on at once, as single rounds take a bootstrap each.
			part := &builder{o: o, comparison: newComparison(o)}
			parts = append(parts, part)
			group.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				part.addFlow(name, flowSide{base, name}, flowSide{other, name})
			})
		}
	}
	group.Wait()
	for _, part := range parts {
		c.add(part)
	}
	c.addServer(base, other)
	c.warnOfOneSided("base", names, others)
	c.warnOfOneSided("new", others, names)
	c.addSurroundings(surroundings(base, other)...)
	for _, name := range names {
		if slices.Contains(others, name) {
			c.addSurroundings(serverSurroundings(name+" ", flowSide{base, name}, flowSide{other, name})...)
		}
	}
	c.doubts = append(doubtsAbout("base", base), doubtsAbout("new", other)...)
	c.warn(c.doubts...)
	return c.judge()
}

// flowsAtOnce bounds memory, not time: a flow's intervals of ten minutes are
// some ten megabytes once they are unpacked.
const flowsAtOnce = 2

// CompareFlows judges flow b against flow a of the same runs. The error is as
// Compare's, or says that there is no such flow.
func CompareFlows(runs []*record.Run, a, b string, o Options) (*Comparison, error) {
	c := &builder{o: o, comparison: newComparison(o)}
	if err := c.check(runs, runs); err != nil {
		return nil, err
	}
	for _, name := range []string{a, b} {
		if names := flowNames(runs); !slices.Contains(names, name) {
			return nil, fmt.Errorf("no flow is named %q: known are %q", name, names)
		}
	}
	c.comparison.Base, c.comparison.New = newSide(runs, a), newSide(runs, b)
	c.comparison.Base.Name, c.comparison.New.Name = a, b
	c.comparison.oneRun = true
	c.addFlow(b, flowSide{runs, a}, flowSide{runs, b})
	if slices.ContainsFunc(runs, isLookedAt) && !slices.ContainsFunc(runs, isAlone) {
		c.warn("the server's own side is not compared: it is of both flows together, which run at once")
	}
	c.addSurroundings(serverSurroundings("", flowSide{runs, a}, flowSide{runs, b})...)
	return c.judge()
}

// flowNames are the names of all flows of runs, in the order of the first.
func flowNames(runs []*record.Run) []string {
	var names []string
	for _, r := range runs {
		for i := range r.Header.Flows {
			if name := r.Header.Flows[i].Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// RoundsNeeded is how many rounds a side it takes before a comparison of runs such as
// r can come to a verdict.
func RoundsNeeded(r *record.Run, o Options) (int, error) {
	c, err := Compare([]*record.Run{r}, []*record.Run{r}, o)
	if err != nil {
		return 0, err
	}
	return stats.RoundsNeeded(c.Alpha, len(c.Rows)), nil
}
