package main

import "time"

// logEvery is how often progress is told where there is no terminal.
const logEvery = 5 * time.Second

// A live display shows a run's progress on the console: redrawn in place on a
// terminal, a line now and then elsewhere, nothing where it is quiet. What else
// is said meanwhile stands above it.
type live struct {
	*console
	quiet  bool
	logged time.Duration // when the last line was written, in the run's time
}

func newLive(c *console, quiet bool) *live { return &live{console: c, quiet: quiet} }

// show brings the display up to date.
func (l *live) show(p progress) {
	switch {
	case l.quiet:
	case l.size != nil:
		l.console.show(p.lines)
	case p.elapsed-l.logged >= logEvery-logEvery/10: // intervals are not exact to the nanosecond
		l.logged = p.elapsed
		l.mention(p.line())
	}
}

// end takes the display off the screen.
func (l *live) end() {
	l.quiet = true
	l.clear()
}
