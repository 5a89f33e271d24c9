package record

import (
	"iter"
	"maps"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Window is from when to when a stage of a flow's round lasted.
type Window struct{ From, To sample.Instant }

// Length is how long the window is.
func (w Window) Length() time.Duration { return w.To.Sub(w.From) }

// Common is how much of the window lies within another.
func (w Window) Common(o Window) time.Duration {
	return max(0, Window{max(w.From, o.From), min(w.To, o.To)}.Length())
}

// union is the window from the start of the earlier to the end of the later. An
// empty window adds nothing.
func (w Window) union(o Window) Window {
	switch {
	case w.Length() <= 0:
		return o
	case o.Length() <= 0:
		return w
	}
	return Window{min(w.From, o.From), max(w.To, o.To)}
}

// Window is when a stage of a flow's round lasted; empty if it did not begin.
func (r *Run) Window(s sample.Series) Window { return r.windows[s] }

// Windows are all windows of the run, in no order.
func (r *Run) Windows() iter.Seq2[sample.Series, Window] { return maps.All(r.windows) }
