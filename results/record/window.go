package record

import (
	"iter"
	"maps"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Window is when a stage of a flow's round lasted.
type Window struct{ From, To sample.Instant }

// Length is how long that was.
func (w Window) Length() time.Duration { return w.To.Sub(w.From) }

// Common is how long it lasted within another window.
func (w Window) Common(o Window) time.Duration {
	return max(0, Window{max(w.From, o.From), min(w.To, o.To)}.Length())
}

// union widens w to cover from and to. An empty window counts for nothing.
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

// Windows are all there are.
func (r *Run) Windows() iter.Seq2[sample.Series, Window] { return maps.All(r.windows) }
