package figures

import (
	"fmt"
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The agents of a fleet do the same to the same server, so their times are of one
// distribution, unless an agent's machine or its way to the server differs. An agent is
// named if a quantile of its times is not that of the others', by two conditions that both
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
	// compareOthers is how many agents there may be for each to be compared with the
	// others alone. Of more, one is a small part of all.
	compareOthers = 32
)

// disagreements name the agents whose message times are not those of the others.
func disagreements(r *record.Run) []string {
	var list []string
	for flow := range r.Header.Flows {
		var all []*histogram.Histogram
		for i := range r.Agents {
			all = append(all, r.Agents[i].Times[flow])
		}
		whole := histogram.Merged(all...)
		for i := range r.Agents {
			others := whole
			if len(all) <= compareOthers {
				rest := append(append([]*histogram.Histogram(nil), all[:i]...), all[i+1:]...)
				others = histogram.Merged(rest...)
			}
			if text := disagreement(all[i], others); text != "" {
				a := &r.Agents[i]
				list = append(list, fmt.Sprintf("agents: %s on %s disagrees on flow %s: %s; its machine or its way to the server differs", a.Name, a.Host, r.Header.Flows[flow].Name, text))
			}
		}
	}
	return list
}

// disagreement says in which quantile two distributions differ by more than chance; "" for
// none.
func disagreement(own, others *histogram.Histogram) string {
	for _, c := range []struct {
		name  string
		q     float64
		least float64
	}{{"p50", 0.5, leastMedianRatio}, {"p99", 0.99, leastTailRatio}} {
		a, aLow, aHigh, ok := quantileInterval(own, c.q)
		b, bLow, bHigh, known := quantileInterval(others, c.q)
		if !ok || !known || aLow <= bHigh && bLow <= aHigh || (a-b).Abs() < leastDifference {
			continue
		}
		if float64(max(a, b)) >= c.least*float64(min(a, b)) {
			return fmt.Sprintf("its message times have a %s of %s, those of the others %s", c.name, human.Duration(a), human.Duration(b))
		}
	}
	return ""
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
