package charts

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A point is some seconds of a flow's round.
type point struct {
	column   int64         // from the first column of the axis, or of the stretch
	seen     record.Window // what its intervals are of
	lasted   time.Duration // how long the flow was at work in it
	loaded   time.Duration // of that, under load
	accepted int64
	due      int64 // arrivals
	open     int
	messages []*histogram.Histogram
}

// join adds a point of another time of the same flow.
func (p *point) join(o *point) {
	p.seen = record.Window{From: min(p.seen.From, o.seen.From), To: max(p.seen.To, o.seen.To)}
	p.lasted, p.loaded = p.lasted+o.lasted, p.loaded+o.loaded
	p.accepted, p.due, p.open = p.accepted+o.accepted, p.due+o.due, max(p.open, o.open)
	p.messages = append(p.messages, o.messages...)
}

// absorb adds an interval.
func (p *point) absorb(r *record.Run, in *record.Interval) error {
	p.seen = record.Window{From: min(p.seen.From, in.From), To: max(p.seen.To, in.To)}
	p.accepted += in.Messages[sample.Accepted]
	flow := &r.Header.Flows[in.Flow]
	h, err := in.Histogram(sample.SpanMessage, flow.Load().Judged())
	if err != nil {
		return fmt.Errorf("interval %d of flow %s: %w", in.Number, flow.Name, err)
	}
	if h.Count() > 0 {
		p.messages = append(p.messages, h)
	}
	return nil
}

// pointsOf are the points of each stretch, in the order of time, before those that are too
// short are joined.
func pointsOf(r *record.Run, stretches map[stretchKey]*stretch, x *axis) (map[stretchKey][]*point, error) {
	found := map[stretchKey]map[int64]*point{}
	due := arrivals{}
	for i := range r.Intervals {
		in := &r.Intervals[i]
		key := stretchKey{in.Flow, in.Round}
		column := x.column(stretches[key], in.Number)
		if found[key] == nil {
			found[key] = map[int64]*point{}
		}
		p := found[key][column]
		if p == nil {
			p = &point{column: column, seen: record.Window{From: in.From, To: in.To}}
			found[key][column] = p
		}
		p.due += due.since(in)
		if err := p.absorb(r, in); err != nil {
			return nil, err
		}
	}
	for at, open := range openSessions(r) {
		p := found[at.stretchKey][x.column(stretches[at.stretchKey], at.number)]
		p.open = max(p.open, open)
	}
	lists := map[stretchKey][]*point{}
	for key, columns := range found {
		s := stretches[key]
		for _, p := range columns {
			p.lasted, p.loaded = part(p.seen, s.begin, s.end), part(p.seen, s.begin, s.loaded)
			lists[key] = append(lists[key], p)
		}
		slices.SortFunc(lists[key], func(a, b *point) int { return int(a.column - b.column) })
	}
	return lists, nil
}

// joined joins points of less than half a step to the ones beside them.
func joined(list []*point, step time.Duration) []*point {
	var out []*point
	for i, p := range list {
		if p.lasted >= step/2 {
			out = append(out, p)
			continue
		}
		switch last := len(out) - 1; {
		case last >= 0 && out[last].column == p.column-1:
			out[last].join(p)
		case i+1 < len(list) && list[i+1].column == p.column+1:
			list[i+1].join(p)
		default:
			out = append(out, p)
		}
	}
	return out
}

// A second of a flow's round.
type second struct {
	stretchKey
	number int64
}

// openSessions adds up the open sessions of several generators in each second. A second in
// which the warm-up ends has two lines with the same number.
func openSessions(r *record.Run) map[second]int {
	type line struct {
		second
		generator int
	}
	counted, sums := map[line]int{}, map[second]int{}
	for i := range r.Intervals {
		in := &r.Intervals[i]
		at := second{stretchKey{in.Flow, in.Round}, in.Number}
		before := counted[line{at, in.Generator}]
		counted[line{at, in.Generator}] = max(before, in.Open)
		sums[at] += max(0, in.Open-before)
	}
	return sums
}

// rate is how many messages were accepted a second. A point beside no other, shorter than a
// step, is not scaled up, unless it is all there is.
func (p *point) rate(step time.Duration, only bool) float64 {
	length := p.lasted
	if length < step/2 && !only {
		length = step
	}
	if length <= 0 {
		return math.NaN()
	}
	return figures.PerSecond(p.accepted, length)
}

// offered is how many messages were due a second, if each arrival is so many.
func (p *point) offered(each int64, step time.Duration, only bool) float64 {
	if each == 0 || p.loaded <= 0 || p.loaded < step/2 && !only {
		return math.NaN()
	}
	return figures.PerSecond(p.due*each, p.loaded)
}
