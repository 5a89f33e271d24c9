package page

import (
	"html/template"
	"math"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A scale maps values to places in a figure.
type scale struct{ from, to float64 }

func (s scale) at(v float64) float64 {
	if s.to <= s.from {
		return 0.5
	}
	return min(1, max(0, (v-s.from)/(s.to-s.from)))
}

// padded leaves room at both ends, so that what is there is seen whole.
func (s scale) padded() scale {
	room := (s.to - s.from) * 0.06
	if room == 0 {
		room = max(1e-9, math.Abs(s.from)*0.05)
	}
	return scale{s.from - room, s.to + room}
}

// A tick is a place on a scale that has a name.
type tick struct {
	Place template.CSS
	Text  string
	Zero  bool
}

// ticks are about n round numbers on the scale.
func (s scale) ticks(n int, text func(float64) string) []tick {
	span := s.to - s.from
	step := math.Pow(10, math.Floor(math.Log10(span/float64(n))))
	for _, f := range []float64{2, 2.5, 2} { // 2, 5, 10 times a power of ten
		if span/step > float64(n) {
			step *= f
		}
	}
	var list []tick
	for i := math.Ceil(s.from / step); i*step <= s.to; i++ {
		list = append(list, tick{percent(s.at(i * step)), text(i * step), i == 0})
	}
	return list
}

// A forest is a comparison, laid out.
type forest struct {
	Ticks []tick
	Rows  []forestRow
	Cut   bool // some estimates lie beyond the scale
}

// A forestRow is a row of a forest.
type forestRow struct {
	Name, Verdict, Class string
	Text                 string
	Known                bool   // there is an estimate
	Beyond               string // "left" or "right" if the estimate is beyond the scale
	Low, Width, Estimate template.CSS
}

// Forest lays the comparison out on a scale that has zero on it.
func (p *Page) Forest() forest {
	s := p.forestScale()
	f := forest{Ticks: s.ticks(6, human.TickPercent)}
	for _, r := range p.Comparison {
		t := forestRow{Name: r.Name, Verdict: r.Verdict, Class: verdictClass(r.Verdict), Text: r.Text}
		if finite(r.Estimate) {
			t.Known, t.Estimate = true, percent(s.at(r.Estimate))
			low, high := r.Low, r.High
			if math.IsNaN(low) || math.IsNaN(high) {
				low, high = r.Estimate, r.Estimate
			}
			t.Low, t.Width = percent(s.at(low)), percent(s.at(high)-s.at(low))
			switch {
			case r.Estimate < s.from:
				t.Beyond = "left"
			case r.Estimate > s.to:
				t.Beyond = "right"
			}
			f.Cut = f.Cut || t.Beyond != ""
		}
		f.Rows = append(f.Rows, t)
	}
	return f
}

// cutAt is how many times further a scale goes than half of the rows do. One metric
// that became ten times as slow would otherwise make dots of all others.
const cutAt = 10

// forestScale includes zero, and every row that does not reach far beyond the others.
func (p *Page) forestScale() scale {
	s := scale{}
	var reaches []float64
	for _, r := range p.Comparison {
		reach := 0.0
		for _, v := range []float64{r.Low, r.Estimate, r.High} {
			if finite(v) {
				s, reach = scale{min(s.from, v), max(s.to, v)}, max(reach, math.Abs(v))
			}
		}
		if reach > 0 {
			reaches = append(reaches, reach)
		}
	}
	if len(reaches) == 0 {
		return scale{-1, 1}.padded()
	}
	slices.Sort(reaches)
	most := cutAt * reaches[(len(reaches)-1)/2]
	return scale{max(s.from, -most), min(s.to, most)}.padded()
}

// verdictClass is the verdict, if it has a style.
func verdictClass(verdict string) string {
	switch verdict {
	case "better", "worse", "same":
		return verdict
	}
	return "open"
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
