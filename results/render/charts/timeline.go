package charts

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// Timeline is the run over time; nil if the run has no intervals. The error says which interval
// has a histogram that is none.
func Timeline(r *record.Run) (*page.Timeline, error) {
	if len(r.Intervals) == 0 {
		return nil, nil
	}
	stretches := stretchesOf(r)
	x := newAxis(r, stretches)
	lists, err := pointsOf(r, stretches, x)
	if err != nil {
		return nil, err
	}
	t := &page.Timeline{Step: float64(x.width), OwnTime: x.own, Flows: make([]page.FlowTimeline, len(r.Header.Flows))}
	if x.own {
		t.At = ownTime(r, stretches, x, lists, t.Flows)
	} else {
		t.At = clockTime(r, x, lists, t.Flows)
	}
	for i := range t.Flows {
		if f := &t.Flows[i]; !slices.ContainsFunc(f.Offered, func(v float64) bool { return v > 0 }) {
			f.Offered = nil // nobody counted, or nothing was due
		}
	}
	t.Bands, t.Marks = warmups(stretches, x), marks(r, stretches, x)
	t.Errors, t.Server = errorsOf(r, stretches, x), serverOf(r, x.start)
	t.Queries = queriesOf(r, x.start)
	t.Length = ends(t, stretches, x)
	return t, nil
}

// clockTime draws all flows on the clock, and returns where the columns are.
func clockTime(r *record.Run, x *axis, lists map[stretchKey][]*point, flows []page.FlowTimeline) page.Values {
	columns := map[int64]record.Window{}
	for i := range r.Intervals {
		in := &r.Intervals[i]
		n, w := x.column(nil, in.Number), record.Window{From: in.From, To: in.To}
		if old, ok := columns[n]; ok {
			w = record.Window{From: min(old.From, w.From), To: max(old.To, w.To)}
		}
		columns[n] = w
	}
	drawn, byColumn := map[int64]bool{}, make([]map[int64]*point, len(flows))
	for i := range flows {
		byColumn[i] = map[int64]*point{}
		for _, p := range joined(rounds(lists, i), x.step()) {
			byColumn[i][p.column], drawn[p.column] = p, true
		}
	}
	var at page.Values
	for _, n := range slices.Sorted(maps.Keys(drawn)) {
		w := columns[n]
		at = append(at, (w.From.Sub(x.start) + w.Length()/2).Seconds())
		for i := range flows {
			draw(&flows[i], byColumn[i][n], messagesEach(&r.Header.Flows[i]), x.step(), len(byColumn[i]) == 1)
		}
	}
	return at
}

// rounds are the points of all rounds of a flow. Where one ends and the next begins, they
// share a column.
func rounds(lists map[stretchKey][]*point, flow int) []*point {
	byColumn := map[int64]*point{}
	for key, list := range lists {
		if key.flow != flow {
			continue
		}
		for _, p := range list {
			if old := byColumn[p.column]; old != nil {
				old.join(p)
			} else {
				byColumn[p.column] = p
			}
		}
	}
	return slices.SortedFunc(maps.Values(byColumn), func(a, b *point) int { return cmp.Compare(a.column, b.column) })
}

// ownTime draws each flow on its own time, and returns where the columns are. Between
// rounds there is a gap.
func ownTime(r *record.Run, stretches map[stretchKey]*stretch, x *axis, lists map[stretchKey][]*point, flows []page.FlowTimeline) page.Values {
	for key := range lists {
		lists[key] = joined(lists[key], x.step())
		x.settle(stretches[key], lists[key])
	}
	x.lay(longest(r, stretches), lists)
	var at page.Values
	for round := range r.Header.Rounds {
		columns := int64(0)
		byColumn := make([]map[int64]*point, len(flows))
		for i := range flows {
			byColumn[i] = map[int64]*point{}
			for _, p := range lists[stretchKey{i, round}] {
				byColumn[i][p.column], columns = p, max(columns, p.column+1)
			}
		}
		for n := range columns {
			at = append(at, (x.at[round] + time.Duration(n)*x.step() + x.step()/2).Seconds())
			for i := range flows {
				draw(&flows[i], byColumn[i][n], messagesEach(&r.Header.Flows[i]), x.step(), len(byColumn[i]) == 1)
			}
		}
		if columns > 2 && round+1 < r.Header.Rounds {
			at = append(at, x.at[round+1].Seconds())
			for i := range flows {
				draw(&flows[i], nil, 0, 0, false)
			}
		}
	}
	return at
}

// draw adds a point to each line of a flow: a gap if p is nil.
func draw(t *page.FlowTimeline, p *point, each int64, step time.Duration, only bool) {
	rate, offered, open := math.NaN(), math.NaN(), math.NaN()
	p50, p90, p99 := math.NaN(), math.NaN(), math.NaN()
	if p != nil {
		rate, offered, open = p.rate(step, only), p.offered(each, step, only), float64(p.open)
		if h := histogram.Merged(p.messages...); h != nil {
			p50, p90, p99 = quantile(h, 0.5), quantile(h, 0.9), quantile(h, 0.99)
		}
	}
	t.Rate, t.Open = append(t.Rate, rate), append(t.Open, open)
	t.P50, t.P90, t.P99 = append(t.P50, p50), append(t.P90, p90), append(t.P99, p99)
	if each > 0 || len(t.Offered) > 0 {
		for len(t.Offered) < len(t.Rate)-1 {
			t.Offered = append(t.Offered, math.NaN())
		}
		t.Offered = append(t.Offered, offered)
	}
}

// quantile is a quantile in milliseconds.
func quantile(h *histogram.Histogram, q float64) float64 {
	d, _ := h.Quantile(q)
	return milliseconds(d)
}

// ends is where the axis ends, in seconds.
func ends(t *page.Timeline, stretches map[stretchKey]*stretch, x *axis) float64 {
	end := 0.0
	for _, s := range stretches {
		end = max(end, x.place(s, s.end))
	}
	if x.own {
		end = max(end, x.at[len(x.at)-1].Seconds())
	}
	if n := len(t.At); n > 0 {
		end = max(end, t.At[n-1])
	}
	return end
}
