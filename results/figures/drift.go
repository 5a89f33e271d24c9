package figures

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures/drift"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/trend"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A Drift is how much a figure changed an hour while the load lasted: as a share of what it
// was at the beginning, or, of the share of errors, as a difference. Reason says why it is
// not known. See package drift.
type Drift struct {
	Known   bool
	PerHour float64       // 0.05 is 5 % an hour, or 5 percentage points
	Low     float64       // of the interval that has the true drift in 95 % of runs
	High    float64       //
	Blocks  int           // that it was read off
	Block   time.Duration // how long one is
	Reason  string
}

// MarshalJSON writes changes in per cent an hour, or percentage points.
func (d Drift) MarshalJSON() ([]byte, error) {
	out := struct {
		PerHour  *float64      `json:"percent_per_hour"`
		Interval *[2]float64   `json:"interval_percent,omitempty"`
		Blocks   int           `json:"blocks,omitempty"`
		Block    time.Duration `json:"block_ns,omitempty"`
		Reason   string        `json:"reason,omitempty"`
	}{Blocks: d.Blocks, Block: d.Block, Reason: d.Reason}
	if d.Known {
		v := 100 * d.PerHour
		out.PerHour, out.Interval = &v, &[2]float64{100 * d.Low, 100 * d.High}
	}
	return json.Marshal(out)
}

const (
	// A block is longer than what one second says of the next: a burst, a pause.
	leastBlock = 30 * time.Second
	// More blocks are no use, and shorter ones say more of each other.
	mostBlocks = 48
	// wholeBlock is the share of a block that has to be under load.
	wholeBlock = 0.9
	// Less than a tenth of the median is too little to be a share of.
	leastLevel = 0.1
)

// memoryDrift is the name of the drift of the server's memory.
const memoryDrift = "memory"

// unknownDrift is a drift that is not known.
func unknownDrift(format string, args ...any) *Drift {
	return &Drift{Reason: fmt.Sprintf(format, args...)}
}

// driftsOf are the drifts of a flow's figures, by the names of the figures; nil if the load
// was too short and nobody asked. What the flow does not have is left out.
func driftsOf(r *record.Run, flow int) map[string]*Drift {
	h := &r.Header.Flows[flow]
	window, reason := driftWindow(r, flow)
	asked := slices.ContainsFunc(r.Header.Thresholds, func(t criteria.Threshold) bool { return t.Metric.Drift && t.Flow == h.Name })
	if reason != "" && !asked {
		return nil
	}
	total := r.FlowTotal(flow, sample.Steady)
	drifts := map[string]*Drift{}
	for _, f := range criteria.Drifts(h.Load()) {
		m := f.Metric
		if m.Kind == criteria.Latency && total.Hists[tally.SlotOf(m.Phase, m.Part)].Count() == 0 {
			continue
		}
		if reason != "" {
			drifts[f.Name] = &Drift{Reason: reason}
			continue
		}
		drifts[f.Name] = driftIn(r.Trend(flow), window, &m)
	}
	return drifts
}

// driftWindow is the time of a flow's load in which nothing but the server should change: all
// of it, or the longest of its stages whose rate is the same throughout. Otherwise the
// reason says why there is none.
func driftWindow(r *record.Run, flow int) (w record.Window, reason string) {
	if err := r.Trend(flow).Broken(); err != nil {
		return w, err.Error()
	}
	if r.Header.Rounds > 1 {
		return w, "a load in rounds has no drift: its rounds say more"
	}
	w = r.Window(sample.Series{Flow: flow, Stage: sample.Steady})
	if planned := r.Header.Stages[r.Header.Flows[flow].Name]; len(planned) > 0 {
		windows := r.StageWindows(flow, 0)
		w = record.Window{}
		for i, s := range planned {
			if s.From == s.To && windows[i].Length() > w.Length() {
				w = windows[i]
			}
		}
		if w.Length() <= 0 {
			return w, "its load has no stage in which the rate stays the same"
		}
	}
	if w.Length() < criteria.LeastDrift {
		return w, tooShort(w.Length())
	}
	return w, ""
}

func tooShort(d time.Duration) string {
	return fmt.Sprintf("the load lasted %s: a drift takes %s at least", human.Duration(max(0, d)), human.Duration(criteria.LeastDrift))
}

// driftIn is the drift of a figure in a part of a flow's load. Blocks are made longer, and
// fewer, until each has the samples that the figure takes.
func driftIn(t *trend.Trend, w record.Window, m *criteria.Metric) *Drift {
	var whole []*trend.Block
	width := time.Duration(t.Width()) * time.Second
	for _, b := range t.Blocks() {
		if float64(w.Common(record.Window{From: b.From, To: b.To})) >= wholeBlock*float64(width) {
			whole = append(whole, b)
		}
	}
	each := max(1, (len(whole)+mostBlocks-1)/mostBlocks, int((leastBlock+width-1)/width))
	for ; len(whole)/each >= drift.Least; each++ {
		if points, ok := pointsOf(whole, each, w, m); ok {
			return fitted(points, time.Duration(each)*width, m.Unit())
		}
	}
	if m.Kind == criteria.Latency || m.Kind == criteria.Errors {
		return unknownDrift("there are too few messages: %d blocks of the load take %d samples each", drift.Least, samplesFor(m))
	}
	return unknownDrift("too little of the load was recorded")
}

// samplesFor is how many samples a block takes for a figure: ten around a median, two beyond
// a p99, and enough messages to tell a share of errors from none.
func samplesFor(m *criteria.Metric) int64 {
	switch {
	case m.Kind == criteria.Errors:
		return 20
	case m.Kind == criteria.Rate:
		return 0
	case m.Q <= 0.5:
		return 20
	}
	return 200
}

// pointsOf puts so many blocks together, and reads a figure off each sum. What is left over
// at the beginning is left out, as a server gets warm then. It is false if one of them has
// too few samples.
func pointsOf(blocks []*trend.Block, each int, w record.Window, m *criteria.Metric) ([]drift.Point, bool) {
	var points []drift.Point
	for chunk := range slices.Chunk(blocks[len(blocks)%each:], each) {
		sum := &trend.Block{}
		for _, b := range chunk {
			sum.Join(b)
		}
		value, ok := figureIn(sum, w, m)
		if !ok {
			return nil, false
		}
		middle := sum.From.Add(sum.To.Sub(sum.From) / 2).Sub(w.From)
		points = append(points, drift.Point{Hours: middle.Hours(), Value: value})
	}
	return points, true
}

// figureIn reads a figure off a block. It is false if there are too few samples for it.
func figureIn(b *trend.Block, w record.Window, m *criteria.Metric) (float64, bool) {
	switch m.Kind {
	case criteria.Rate:
		return PerSecond(b.Counts.InWindow, w.Common(record.Window{From: b.From, To: b.To})), true
	case criteria.Errors:
		messages := b.Counts.Messages()
		share, ok := messages.ErrorShare()
		return share, ok && messages.Attempted >= samplesFor(m)
	}
	h := b.Times(tally.SlotOf(m.Phase, m.Part))
	d, ok := Stat(h, m)
	return float64(d), ok && h.Count() >= samplesFor(m)
}

// fitted makes a drift of the values of blocks.
func fitted(points []drift.Point, block time.Duration, unit criteria.Unit) *Drift {
	d := &Drift{Blocks: len(points), Block: block}
	slope, ok := drift.Of(points)
	if !ok {
		d.Reason = "it varies too much from one time to another to tell a drift"
		if len(points) < drift.Least {
			d.Reason = fmt.Sprintf("there are %d blocks of the load, and a drift takes %d", len(points), drift.Least)
		}
		return d
	}
	level := 1.0
	if unit == criteria.SharePerHour {
		values := make([]float64, len(points))
		for i, p := range points {
			values[i] = p.Value
		}
		slices.Sort(values)
		middle := values[len(values)/2]
		if level = slope.Level; level < leastLevel*middle {
			level = middle
		}
		if level <= 0 {
			d.Reason = "it was zero most of the time"
			return d
		}
	}
	d.Known, d.PerHour, d.Low, d.High = true, slope.PerHour/level, slope.Low/level, slope.High/level
	return d
}

// memoryDriftOf is the drift of the server's memory, from the beginning of the load to its
// end; nil if the load was too short and nobody asked.
func memoryDriftOf(r *record.Run) *Drift {
	var w record.Window
	if list := r.SteadyWindows(); len(list) > 0 {
		w = record.Window{From: list[0].From, To: list[len(list)-1].To}
	}
	if w.Length() < criteria.LeastDrift {
		if slices.ContainsFunc(r.Header.Thresholds, func(t criteria.Threshold) bool { return t.Metric.Drift && t.Metric.OfServer() }) {
			return &Drift{Reason: tooShort(w.Length())}
		}
		return nil
	}
	count := min(mostBlocks, int(w.Length()/leastBlock))
	block := w.Length() / time.Duration(count)
	var points []drift.Point
	for i := range count {
		from := w.From.Add(time.Duration(i) * block)
		seen := r.Server.Between(from, from.Add(block))
		if float64(seen.Length()) >= wholeBlock*float64(block) {
			points = append(points, drift.Point{Hours: (time.Duration(i)*block + block/2).Hours(), Value: float64(seen.MeanMemory())})
		}
	}
	return fitted(points, block, criteria.SharePerHour)
}

// drift finds the drift that a metric is, by its name.
func (res *Result) drift(flow string, m criteria.Metric) *Drift {
	if m.OfServer() {
		if res.Server == nil {
			return unknownDrift("nobody looked at the server")
		}
		return cmp.Or(res.Server.Drift[memoryDrift], unknownDrift("it is not known"))
	}
	f := res.Flow(flow)
	if f == nil {
		return unknownDrift("there is no flow %s", flow)
	}
	for _, d := range criteria.Drifts(sample.OpenLoad) {
		if d.Metric == m {
			return cmp.Or(f.Drift[d.Name], unknownDrift("no sample: the phase never ran"))
		}
	}
	return unknownDrift("it is not known")
}
