package figures

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The agents of a fleet do the same to the same server, so their times are of one
// distribution, unless an agent's machine or its way to the server differs. An agent is
// named if a quantile of its times is not that of most others, by two conditions that both
// have to hold: the intervals of the two quantiles do not overlap, and one is larger by a
// factor that matters to somebody.
const (
	// deviations is how far the intervals reach, in standard deviations of the binomial
	// distribution of the rank: 3.9 is 1 in 10,000 for one comparison, since there are
	// many; times three, because times that follow each other are alike.
	deviations = 3 * 3.9
	// A median that differs by less than a quarter, and a p99 by less than a half, is of
	// no interest; nor is what is shorter than this.
	leastMedianRatio, leastTailRatio = 1.25, 1.5
	leastDifference                  = 100 * time.Microsecond
)

// disagreements name the agents whose message times are not those of most others: of the
// one in the middle, which a few agents that differ do not move.
func disagreements(r *record.Run) []string {
	var list []string
	for flow := range r.Header.Flows {
		named := map[int]bool{}
		for _, c := range []struct {
			name  string
			q     float64
			least float64
		}{{"p50", 0.5, leastMedianRatio}, {"p99", 0.99, leastTailRatio}} {
			known := quantiles(r.Agents, flow, c.q)
			if len(known) < 2 {
				continue
			}
			middle := known[(len(known)-1)/2]
			for _, k := range known {
				if named[k.agent] || !k.differs(middle, c.least) {
					continue
				}
				named[k.agent] = true
				a := &r.Agents[k.agent]
				list = append(list, fmt.Sprintf("agents: %s on %s disagrees with %s on flow %s: its message times have a %s of %s, in place of %s; its machine or its way to the server differs",
					a.Name, a.Host, r.Agents[middle.agent].Name, r.Header.Flows[flow].Name, c.name, human.Duration(k.at), human.Duration(middle.at)))
			}
		}
	}
	return list
}

// An agentQuantile is a quantile of an agent's message times, with its interval.
type agentQuantile struct {
	agent         int
	at, low, high time.Duration
}

// quantiles are those that the agents have of a flow, in their order by size.
func quantiles(agents []record.Agent, flow int, q float64) []agentQuantile {
	var list []agentQuantile
	for i := range agents {
		if at, low, high, ok := quantileInterval(agents[i].Times[flow], q); ok {
			list = append(list, agentQuantile{i, at, low, high})
		}
	}
	slices.SortStableFunc(list, func(a, b agentQuantile) int { return cmp.Compare(a.at, b.at) })
	return list
}

// differs tells whether two quantiles differ by more than chance, and by a factor that
// matters.
func (a agentQuantile) differs(b agentQuantile, least float64) bool {
	if a.low <= b.high && b.low <= a.high || (a.at-b.at).Abs() < leastDifference {
		return false
	}
	return float64(max(a.at, b.at)) >= least*float64(min(a.at, b.at))
}

// quantileInterval is a quantile with the order statistics around it (David and Nagaraja,
// Order Statistics, 2003, section 7.1). It is false if there are too few samples for them.
func quantileInterval(h *histogram.Histogram, q float64) (at, low, high time.Duration, ok bool) {
	n := float64(h.Count())
	reach := deviations * math.Sqrt(n*q*(1-q))
	if n*q-reach < 1 || n*q+reach > n {
		return 0, 0, 0, false
	}
	at, _ = h.Quantile(q)
	low, _ = h.Quantile((n*q - reach) / n)
	high, _ = h.Quantile((n*q + reach) / n)
	return at, low, high, true
}
