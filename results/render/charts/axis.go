package charts

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// maxColumns is how many points a line over time may have: more than a screen has columns
// for a chart.
const maxColumns = 900

// maxOwnRounds is how many rounds are put end to end. Each has a point at least, so that of
// more of them there would be too many.
const maxOwnRounds = maxColumns / 4

// An axis says where on a chart something stands.
type axis struct {
	own   bool // each flow on its own time; otherwise all on the clock
	start sample.Instant
	first int64           // the number of the first interval
	width int64           // seconds a column
	at    []time.Duration // own time: where each round begins
}

func newAxis(r *record.Run, stretches map[stretchKey]*stretch) *axis {
	x := &axis{own: r.Header.InTurn && len(r.Header.Flows) > 1 && r.Header.Rounds <= maxOwnRounds, start: sample.Instant(r.Header.Started.UnixNano()), first: r.Intervals[0].Number}
	last := x.first
	for i := range r.Intervals {
		x.first, last = min(x.first, r.Intervals[i].Number), max(last, r.Intervals[i].Number)
	}
	columns := last - x.first + 1
	if x.own {
		columns = 0
		for _, d := range longest(r, stretches) {
			columns += int64(d/time.Second) + 1
		}
	}
	x.width = max(1, (columns+maxColumns-1)/maxColumns)
	if own := r.Width(); own > 1 {
		x.width = (x.width + own - 1) / own * own
	}
	return x
}

// longest is how long the longest stretch of each round is.
func longest(r *record.Run, stretches map[stretchKey]*stretch) []time.Duration {
	list := make([]time.Duration, r.Header.Rounds)
	for key, s := range stretches {
		list[key.round] = max(list[key.round], s.length())
	}
	return list
}

func (x *axis) step() time.Duration { return time.Duration(x.width) * time.Second }

// column is where interval n of a stretch is drawn. Columns count from the beginning of the
// chart, or of the stretch if it has a time of its own.
func (x *axis) column(s *stretch, n int64) int64 {
	if x.own {
		return (n - s.first) / x.width
	}
	return (n - x.first) / x.width
}

// settle places the points of a stretch on its own time, one to a column.
func (x *axis) settle(s *stretch, list []*point) {
	next := int64(0)
	for _, p := range list {
		middle := max(p.seen.From, s.begin).Sub(s.begin) + p.lasted/2
		p.column = max(next, int64(middle/x.step()))
		next = p.column + 1
	}
}

// lay sets where each round begins. There is room for all points of the one before.
func (x *axis) lay(lengths []time.Duration, lists map[stretchKey][]*point) {
	for key, list := range lists {
		if n := len(list); n > 0 {
			lengths[key.round] = max(lengths[key.round], time.Duration(list[n-1].column+1)*x.step())
		}
	}
	sum := time.Duration(0)
	x.at = nil
	for _, d := range lengths {
		x.at = append(x.at, sum)
		sum += d
	}
	x.at = append(x.at, sum)
}

// place is where an instant of a stretch stands, in seconds.
func (x *axis) place(s *stretch, t sample.Instant) float64 {
	if x.own {
		return (x.at[s.round] + t.Sub(s.begin)).Seconds()
	}
	return t.Sub(x.start).Seconds()
}

// inOrder are the stretches in the order of time.
func inOrder(stretches map[stretchKey]*stretch) []*stretch {
	return slices.SortedFunc(maps.Values(stretches), func(a, b *stretch) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.round, b.round), cmp.Compare(a.flow, b.flow))
	})
}
