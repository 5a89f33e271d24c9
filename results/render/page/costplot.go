package page

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A CostPlot is a table of what was chosen, with what each choice costs as a forest
// plot beside it. Lead says what a group of rows is; the group has a lane for each
// thing it costs.
type CostPlot struct {
	Title  string
	Notes  []string
	Lead   []Column
	Before []Column // of a lane, to the left of its place in the plot
	Groups []CostGroup
}

// A CostGroup is a flow, or a choice.
type CostGroup struct {
	Lead  []string
	Lanes []CostLane
}

// A CostLane is one thing that a group costs: how much more than what it is compared
// with, in percent. Estimate is NaN if it is not known, and Low and High are if there
// is no interval.
type CostLane struct {
	Before              []string
	Adds, AddsBetween   string // in units
	Estimate, Low, High float64
	Share, ShareBetween string // in percent
	Verdict             string
	Class               string // more, less, found or open
}

// A plot is a CostPlot, laid out.
type plot struct {
	Ticks  []tick
	Groups []plotGroup
}

type plotGroup struct {
	Lead  []string
	Brief string // what follows the first of Lead, for narrow windows
	Lanes []plotLane
}

type plotLane struct {
	CostLane
	Known, Bounded            bool
	LowAt, WidthAt, CentredAt template.CSS
}

// Plot lays the lanes out on one scale, on which twice as much is as far to the
// right as half is to the left: costs differ by factors.
func (m CostPlot) Plot() plot {
	s := scale{}
	for _, g := range m.Groups {
		for _, l := range g.Lanes {
			for _, v := range []float64{l.Low, l.Estimate, l.High} {
				if at := factor(v); finite(at) {
					s = scale{min(s.from, at), max(s.to, at)}
				}
			}
		}
	}
	if s.from == s.to {
		s = scale{-0.1, 0.1}
	}
	room := (s.to - s.from) * 0.1 // for half a tick's name on either side
	s = scale{s.from - room, s.to + room}
	p := plot{Ticks: s.factorTicks()}
	for _, g := range m.Groups {
		laid := plotGroup{Lead: g.Lead, Brief: m.brief(g.Lead)}
		for _, l := range g.Lanes {
			laid.Lanes = append(laid.Lanes, s.lane(l))
		}
		p.Groups = append(p.Groups, laid)
	}
	return p
}

// brief is what follows the name of a group, in one line: "port 25 · TLS none".
func (m CostPlot) brief(lead []string) string {
	var parts []string
	for i := 1; i < min(len(lead), len(m.Lead)); i++ {
		parts = append(parts, m.Lead[i].Name+" "+lead[i])
	}
	return strings.Join(parts, " · ")
}

// factor is the logarithm of how many times as much a change in percent makes.
func factor(percent float64) float64 { return math.Log1p(percent / 100) }

func (s scale) lane(l CostLane) plotLane {
	x := plotLane{CostLane: l, Known: finite(factor(l.Estimate))}
	if !x.Known {
		return x
	}
	x.CentredAt = percent(s.at(factor(l.Estimate)))
	if low, high := factor(l.Low), factor(l.High); finite(low) && finite(high) {
		x.Bounded, x.LowAt, x.WidthAt = true, percent(s.at(low)), percent(s.at(high)-s.at(low))
	}
	return x
}

// tickGap is how far apart ticks are at the least, as a share of the plot, so
// that their names do not run into each other.
const tickGap = 0.2

// factorTicks are round places on a scale of factors: 1, 2 and 5 times a power
// of ten, or fewer, if the scale is wide, and round percentages if it is not.
func (s scale) factorTicks() []tick {
	low, high := math.Exp(s.from), math.Exp(s.to)
	enough := func(gap float64) bool { return gap >= tickGap*(s.to-s.from) }
	var factors []float64
	name := func(f float64) string { return human.TickPercent(math.Round(1e5*(f-1)) / 1e3) } // a step is no sum of powers of two
	if high/low > 3 {
		name = func(f float64) string { return "×" + strconv.FormatFloat(f, 'g', 3, 64) }
		for _, multiples := range [][]float64{{1, 2, 5}, {1, 3}, {1}} {
			factors = decades(low, high, multiples)
			if enough(math.Log(10) / float64(len(multiples)) * 0.9) { // the least is a little under their mean
				break
			}
		}
	} else {
		step := 0.001
		for _, f := range []float64{2, 2.5, 2, 2, 2.5, 2, 2, 2.5, 2} { // 1, 2, 5, 10, ... per mille
			if step < high && !enough(math.Log(high/(high-step))) { // the least is the last
				step *= f
			}
		}
		for i := math.Ceil((low - 1) / step); 1+i*step <= high; i++ {
			factors = append(factors, 1+i*step)
		}
	}
	var list []tick
	for _, f := range factors {
		list = append(list, tick{percent(s.at(math.Log(f))), name(f), math.Abs(f-1) < 1e-9})
	}
	return list
}

// decades are the multiples of powers of ten from low to high.
func decades(low, high float64, multiples []float64) []float64 {
	var list []float64
	for power := math.Floor(math.Log10(low)); power <= math.Log10(high); power++ {
		for _, m := range multiples {
			if f := m * math.Pow(10, power); f >= low && f <= high {
				list = append(list, f)
			}
		}
	}
	return list
}
