package page

import (
	"html/template"
	"math"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A strip is a flow's rounds as dots, laid out.
type strip struct {
	Flow   int
	Dots   []dot
	Spread string // between the extremes, in percent of the median
}

// A dot is a round.
type dot struct {
	Place template.CSS
	Round int
	Text  string
}

// Strips lays the rounds out, all flows on one scale.
func (r Rounds) Strips() []strip {
	s := scale{math.Inf(1), math.Inf(-1)}
	for _, row := range r.Rows {
		for _, v := range row.Values {
			s = scale{min(s.from, v), max(s.to, v)}
		}
	}
	s = s.padded()
	var strips []strip
	for _, row := range r.Rows {
		x := strip{Flow: row.Flow, Spread: spread(row.Values)}
		for i, v := range row.Values {
			x.Dots = append(x.Dots, dot{percent(s.at(v)), i + 1, row.Texts[i]})
		}
		strips = append(strips, x)
	}
	return strips
}

// Ends are the least and the most of all rounds, as people read them.
func (r Rounds) Ends() []string {
	low, high := math.Inf(1), math.Inf(-1)
	ends := make([]string, 2)
	for _, row := range r.Rows {
		for i, v := range row.Values {
			if v < low {
				low, ends[0] = v, row.Texts[i]
			}
			if v > high {
				high, ends[1] = v, row.Texts[i]
			}
		}
	}
	return ends
}

// spread writes how far values lie apart, in per cent of their median.
func spread(values []float64) string {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) < 2 {
		return human.NoSamples
	}
	middle := (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
	if middle == 0 {
		return human.NoSamples
	}
	return human.Percent(100 * (sorted[len(sorted)-1] - sorted[0]) / middle)
}
