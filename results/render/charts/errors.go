package charts

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// maxErrorSeries is how many classes of errors have a line of their own.
const maxErrorSeries = 7

// others is the name of the rarest classes of errors together.
const others = "others"

// A failing is some seconds of a run, with the errors of all flows by class.
type failing struct {
	column  int64
	seen    record.Window
	byClass map[string]int64
}

// errorsOf are the errors of all flows together, on the clock; nil if there are none.
func errorsOf(r *record.Run, stretches map[stretchKey]*stretch, x *axis) *page.ErrorTimeline {
	clock := axis{start: x.start, first: x.first, width: x.width}
	found := map[int64]*failing{}
	total := map[string]int64{}
	for i := range r.Intervals {
		in := &r.Intervals[i]
		n := clock.column(nil, in.Number)
		f := found[n]
		if f == nil {
			f = &failing{column: n, seen: record.Window{From: in.From, To: in.To}, byClass: map[string]int64{}}
			found[n] = f
		}
		f.seen = record.Window{From: min(f.seen.From, in.From), To: max(f.seen.To, in.To)}
		for _, e := range in.Errors {
			class := e.Class
			if r.Header.Flows[in.Flow].Expect.CoversNamed(e.Phase, e.Class) {
				class += ", expected"
			}
			f.byClass[class] += e.Count
			total[class] += e.Count
		}
	}
	classes := byFrequency(total)
	if len(classes) == 0 {
		return nil
	}
	out := &page.ErrorTimeline{Turns: turns(r, stretches, x.start)}
	for _, class := range classes {
		out.Series = append(out.Series, page.ErrorSeries{Class: class})
	}
	list := slices.SortedFunc(maps.Values(found), func(a, b *failing) int { return cmp.Compare(a.column, b.column) })
	for _, f := range wholeSteps(list, clock.step()) {
		f.draw(out, x.start)
	}
	out.Length = max(out.At[len(out.At)-1], r.End().Sub(x.start).Seconds())
	return out
}

// wholeSteps joins what is shorter than a step to what is beside it, so that a part of a
// second is never scaled up to a whole one.
func wholeSteps(list []*failing, step time.Duration) []*failing {
	var out []*failing
	for i, f := range list {
		if f.seen.Length() >= step*95/100 {
			out = append(out, f)
			continue
		}
		switch last := len(out) - 1; {
		case last >= 0 && out[last].column == f.column-1:
			out[last].join(f)
		case i+1 < len(list) && list[i+1].column == f.column+1:
			list[i+1].join(f)
		default:
			out = append(out, f)
		}
	}
	return out
}

func (f *failing) join(o *failing) {
	f.seen = record.Window{From: min(f.seen.From, o.seen.From), To: max(f.seen.To, o.seen.To)}
	for class, n := range o.byClass {
		f.byClass[class] += n
	}
}

// draw adds a point to each class's series. What lasted less than a second is drawn as a
// count.
func (f *failing) draw(t *page.ErrorTimeline, start sample.Instant) {
	t.At = append(t.At, (f.seen.From.Sub(start) + f.seen.Length()/2).Seconds())
	rest := int64(0)
	for _, n := range f.byClass {
		rest += n
	}
	for i := range t.Series {
		n := f.byClass[t.Series[i].Class]
		if t.Series[i].Class == others {
			n = rest
		}
		rest -= n
		t.Series[i].Count = append(t.Series[i].Count, figures.PerSecond(n, max(time.Second, f.seen.Length())))
	}
}

// byFrequency are the classes, the most frequent first.
func byFrequency(total map[string]int64) []string {
	classes := slices.SortedFunc(maps.Keys(total), func(a, b string) int {
		return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a, b))
	})
	if len(classes) > maxErrorSeries+1 {
		classes = append(classes[:maxErrorSeries], others)
	}
	return classes
}
