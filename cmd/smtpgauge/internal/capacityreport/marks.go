package capacityreport

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
)

// A mark is a trial in the curve's drawing, or several of one outcome that would hide each
// other. Outcomes differ in shape, and no shape covers what is below it.
type mark struct {
	X, Y, R float64
	Class   string // the outcome
	Title   string
	trials  int
}

// The size of a mark of one trial, and how near two are that would hide each other.
const (
	markRadius = 5.0
	markNear   = 5.0
)

// Path is the outline of a mark that is no circle; "" if it is one.
func (m mark) Path() string {
	switch capacity.Outcome(m.Class) {
	case capacity.Fail:
		r := m.R * 0.8
		return fmt.Sprintf("M%.1f %.1fL%.1f %.1fM%.1f %.1fL%.1f %.1f", m.X-r, m.Y-r, m.X+r, m.Y+r, m.X-r, m.Y+r, m.X+r, m.Y-r)
	case capacity.Undecided:
		return fmt.Sprintf("M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ", m.X, m.Y-m.R, m.X+m.R, m.Y, m.X, m.Y+m.R, m.X-m.R, m.Y)
	}
	return ""
}

// drawnOrder is the order in which outcomes are drawn: what is rare, or tells most, comes last.
var drawnOrder = []capacity.Outcome{capacity.Pass, capacity.Invalid, capacity.Unanswered, capacity.Undecided, capacity.Fail}

// arranged makes one larger mark of those of an outcome that would hide each other, and
// returns all in the order in which they are drawn, and one of each outcome for the key.
// The marks are sorted by X.
func arranged(marks []mark) (all, key []mark) {
	for _, m := range marks {
		i := slices.IndexFunc(all, func(o mark) bool {
			return o.Class == m.Class && math.Abs(o.X-m.X) < markNear && math.Abs(o.Y-m.Y) < markNear
		})
		if i < 0 {
			all = append(all, m)
			continue
		}
		o := &all[i]
		o.trials++
		o.Title += "\n" + m.Title
		o.R = markRadius * min(2, math.Sqrt(float64(o.trials)))
	}
	slices.SortStableFunc(all, func(a, b mark) int {
		return cmp.Compare(slices.Index(drawnOrder, capacity.Outcome(a.Class)), slices.Index(drawnOrder, capacity.Outcome(b.Class)))
	})
	for _, m := range all {
		if !slices.ContainsFunc(key, func(k mark) bool { return k.Class == m.Class }) {
			key = append(key, mark{X: 13, Y: 8, R: markRadius, Class: m.Class})
		}
	}
	return all, key
}
