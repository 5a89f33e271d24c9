package compare

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// A flowMetric is a metric of a flow.
type flowMetric struct{ flow, metric string }

func (m flowMetric) String() string { return m.flow + "." + m.metric }

// A shortage says that the rounds of a flow have too few samples for a percentile.
type shortage struct {
	flowMetric
	of     string // what the samples are
	needs  int64  // samples a round
	has    [2]int64
	length time.Duration // of a round of the side that has fewer; 0 if it is not known
}

// shortage finds a percentile for which there are too few samples. With too few it
// is their maximum, and the maximum of fewer is smaller: if the sides have different
// numbers, a server that takes longer would, under closed load, seem to have become
// faster. A rare metric, which would be no more than that maximum, needs them in any case.
func (m *comparedMetric) shortage(flow string, base, other []roundData) (shortage, bool) {
	if m.samples == nil {
		return shortage{}, false
	}
	b, o := m.typicalSamples(base), m.typicalSamples(other)
	few, fewer := min(b, o) < m.enough, max(b, o)*10 > min(b, o)*11
	if !few || !fewer && !m.rare {
		return shortage{}, false
	}
	s := shortage{flowMetric: flowMetric{flow, m.name}, of: "samples", needs: m.enough, has: [2]int64{b, o}}
	if m.phase == sample.SpanMessage {
		s.of = "messages"
	}
	rounds := base
	if o < b {
		rounds = other
	}
	s.length = typicalLength(rounds)
	return s, true
}

// text says what is missing, and how much longer a load would have it.
func (s *shortage) text() string {
	has := human.Count(s.has[0])
	if s.has[0] != s.has[1] {
		has += " and " + human.Count(s.has[1])
	}
	text := fmt.Sprintf("needs %s %s a round, has %s", human.Count(s.needs), s.of, has)
	if least := min(s.has[0], s.has[1]); s.length > 0 && least > 0 {
		takes := time.Duration(min(1e18, float64(s.length)*float64(s.needs)/float64(least)))
		text += ": a duration of at least " + roundedUp(takes) + " at this rate"
	}
	return text
}

// shortageWarning names the metrics of a flow that are not compared.
func shortageWarning(list []shortage) string {
	var names []string
	for i := range list {
		names = append(names, list[i].metric)
	}
	text := fmt.Sprintf("flow %s: not compared: %s: ", list[0].flow, strings.Join(names, ", "))
	if len(list) > 1 {
		text += list[0].metric + " "
	}
	return text + list[0].text()
}

// typicalSamples is the median number of samples of the rounds that have any.
func (m *comparedMetric) typicalSamples(rounds []roundData) int64 {
	var list []int64
	for i := range rounds {
		if n := m.samples(&rounds[i]); n > 0 {
			list = append(list, n)
		}
	}
	return median(list)
}

func typicalLength(rounds []roundData) time.Duration {
	var list []time.Duration
	for i := range rounds {
		list = append(list, rounds[i].window)
	}
	return median(list)
}

// median is the upper one of two in the middle; 0 of nothing.
func median[T int64 | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}
