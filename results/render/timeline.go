package render

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// maxBins is how many points a line over time may have: more than a screen
// has columns for a chart.
const maxBins = 900

// maxErrorSeries is how many classes of errors have a line of their own.
const maxErrorSeries = 7

// A timelineBin is some seconds of a run.
type timelineBin struct {
	from, to sample.Instant
	flows    []timelineFlow
	errors   map[string]int64 // by class
}

type timelineFlow struct {
	accepted int64
	open     int
	seen     bool // open is known
	messages []*histogram.Histogram
}

// timelineOf is the run over time; nil if the run has no intervals. Their histograms
// are merged within a bin, as percentiles have no average.
func timelineOf(r *record.Run) (*page.Timeline, error) {
	if len(r.Intervals) == 0 {
		return nil, nil
	}
	first, last := r.Intervals[0].Number, r.Intervals[0].Number
	for i := range r.Intervals {
		first, last = min(first, r.Intervals[i].Number), max(last, r.Intervals[i].Number)
	}
	width := (last - first + maxBins) / maxBins // seconds a bin
	if own := r.Width(); own > 1 {
		width = (width + own - 1) / own * own
	}
	bins := map[int64]*timelineBin{}
	for i := range r.Intervals {
		s := &r.Intervals[i]
		n := (s.Number - first) / width
		if bins[n] == nil {
			bins[n] = &timelineBin{from: s.From, to: s.To, flows: make([]timelineFlow, len(r.Header.Flows)), errors: map[string]int64{}}
		}
		if err := bins[n].absorb(s, r.Header.Flows[s.Flow].Load()); err != nil {
			return nil, fmt.Errorf("interval %d of flow %s: %w", s.Number, r.Header.Flows[s.Flow].Name, err)
		}
	}
	countOpen(r, bins, first, width)
	return drawTimeline(r, bins, width), nil
}

func (b *timelineBin) absorb(s *record.Interval, load sample.LoadKind) error {
	b.from, b.to = min(b.from, s.From), max(b.to, s.To)
	f := &b.flows[s.Flow]
	f.accepted += s.Messages[sample.Accepted]
	for _, e := range s.Errors {
		b.errors[e.Class] += e.Count
	}
	h, err := s.Histogram(sample.SpanMessage, load.Judged())
	if h.Count() > 0 {
		f.messages = append(f.messages, h)
	}
	return err
}

// countOpen adds up the open sessions of several generators in each second, and keeps
// the most of a bin's seconds. A second in which the warm-up ends has two lines with
// the same number.
func countOpen(r *record.Run, bins map[int64]*timelineBin, first, width int64) {
	type second struct {
		flow   int
		number int64
	}
	type line struct {
		second
		generator int
	}
	counted, sums := map[line]int{}, map[second]int{}
	for i := range r.Intervals {
		s := &r.Intervals[i]
		at := second{s.Flow, s.Number}
		before := counted[line{at, s.Generator}]
		counted[line{at, s.Generator}] = max(before, s.Open)
		sums[at] += max(0, s.Open-before)
	}
	for at, open := range sums {
		f := &bins[(at.number-first)/width].flows[at.flow]
		f.open, f.seen = max(f.open, open), true
	}
}

func drawTimeline(r *record.Run, bins map[int64]*timelineBin, width int64) *page.Timeline {
	t := &page.Timeline{Step: float64(width), Flows: make([]page.FlowTimeline, len(r.Header.Flows))}
	classes := errorClasses(bins)
	for _, class := range classes {
		t.Errors = append(t.Errors, page.ErrorSeries{Class: class})
	}
	loads := make([][]record.Window, len(r.Header.Flows))
	for s, w := range r.Windows() {
		if s.Stage != sample.Drain {
			loads[s.Flow] = append(loads[s.Flow], w)
		}
	}
	start := sample.Instant(r.Header.Started.UnixNano())
	for _, n := range slices.Sorted(maps.Keys(bins)) {
		b := bins[n]
		t.At = append(t.At, (b.from.Sub(start) + b.to.Sub(b.from)/2).Seconds())
		for i := range b.flows {
			b.flows[i].draw(&t.Flows[i], b.timeUnderLoad(loads[i]))
		}
		b.drawErrors(t.Errors)
	}
	t.Bands = warmupBands(r, start)
	return t
}

// timeUnderLoad is how much of the bin a flow was under load: all of it if the run has
// lost the windows that say so.
func (b *timelineBin) timeUnderLoad(windows []record.Window) time.Duration {
	whole := record.Window{From: b.from, To: b.to}
	if len(windows) == 0 {
		return whole.Length()
	}
	var sum time.Duration
	for _, w := range windows {
		sum += w.Common(whole)
	}
	return min(sum, whole.Length())
}

// draw adds a point to each line. A flow's first and last bins are often too short to
// have a rate.
func (f *timelineFlow) draw(t *page.FlowTimeline, loaded time.Duration) {
	speed, p50, p99, open := math.NaN(), math.NaN(), math.NaN(), math.NaN()
	if loaded >= 200*time.Millisecond {
		speed = figures.PerSecond(f.accepted, loaded)
	}
	if h := histogram.Merged(f.messages...); h != nil {
		at50, _ := h.Quantile(0.5)
		at99, _ := h.Quantile(0.99)
		p50, p99 = milliseconds(at50), milliseconds(at99)
	}
	if f.seen {
		open = float64(f.open)
	}
	t.Rate, t.P50, t.P99, t.Open = append(t.Rate, speed), append(t.P50, p50), append(t.P99, p99), append(t.Open, open)
}

// others is the name of the rarest classes of errors together.
const others = "others"

// drawErrors adds a point to each class's line.
func (b *timelineBin) drawErrors(series []page.ErrorSeries) {
	length := b.to.Sub(b.from)
	for i := range series {
		n := b.errors[series[i].Class]
		if series[i].Class == others {
			n = 0
			for class, c := range b.errors {
				if !slices.ContainsFunc(series, func(s page.ErrorSeries) bool { return s.Class == class }) {
					n += c
				}
			}
		}
		series[i].Count = append(series[i].Count, figures.PerSecond(n, length))
	}
}

// errorClasses are the classes there are, the most frequent first.
func errorClasses(bins map[int64]*timelineBin) []string {
	sums := map[string]int64{}
	for _, b := range bins {
		for class, n := range b.errors {
			sums[class] += n
		}
	}
	classes := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
	if len(classes) > maxErrorSeries+1 {
		classes = append(classes[:maxErrorSeries], others)
	}
	return classes
}

// warmupBands are when flows were warming up. Flows that start together differ by
// milliseconds, and are one band.
func warmupBands(r *record.Run, start sample.Instant) []page.Band {
	var bands []page.Band
	for s, w := range r.Windows() {
		if s.Stage == sample.Warmup && w.Length() > 0 {
			bands = append(bands, page.Band{From: w.From.Sub(start).Seconds(), To: w.To.Sub(start).Seconds()})
		}
	}
	slices.SortFunc(bands, func(a, b page.Band) int { return cmp.Compare(a.From, b.From) })
	return slices.CompactFunc(bands, func(a, b page.Band) bool {
		return math.Abs(a.From-b.From) < 0.05 && math.Abs(a.To-b.To) < 0.05
	})
}
