package console

import "time"

// logEvery is how often progress is told where there is no terminal.
const logEvery = 5 * time.Second

// A Live display shows a run's progress on the console: redrawn in place on a
// terminal, a line now and then elsewhere, nothing where it is quiet. What else
// is said meanwhile stands above it.
type Live struct {
	*Console
	quiet  bool
	logged time.Duration // when the last line was written, in the run's time
}

func NewLive(c *Console, quiet bool) *Live { return &Live{Console: c, quiet: quiet} }

// Show brings the display up to date.
func (l *Live) Show(p progress) {
	switch {
	case l.quiet:
	case l.size != nil:
		l.Console.show(p.lines)
	case p.elapsed-l.logged >= logEvery-logEvery/10: // intervals are not exact to the nanosecond
		l.logged = p.elapsed
		l.mention(p.line())
	}
}

// End takes the display off the screen.
func (l *Live) End() {
	l.quiet = true
	l.clear()
}
