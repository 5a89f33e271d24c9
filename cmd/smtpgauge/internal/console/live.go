package console

import "time"

// logEvery is how often there is a line of progress if there is no terminal.
const logEvery = 5 * time.Second

// A Live display shows a run's progress on the console. On a terminal it is
// redrawn in place, below all messages; elsewhere there is a line now and then.
type Live struct {
	*Console
	quiet  bool
	turn   string
	logged time.Duration // when the last line was written, in the run's time
}

// LiveOptions say how a display behaves.
type LiveOptions struct {
	Quiet bool // show no progress
}

// NewLive returns a display on a console.
func NewLive(c *Console, o LiveOptions) *Live { return &Live{Console: c, quiet: o.Quiet} }

// Turn says which of several runs is shown from now on.
func (l *Live) Turn(turn string) { l.turn, l.logged = turn, 0 }

// Show brings the display up to date, and names p's turn.
func (l *Live) Show(p Progress) {
	p.Turn = l.turn
	switch {
	case l.quiet:
	case l.size != nil:
		l.Console.show(p.screen)
	case p.Elapsed-l.logged >= logEvery-logEvery/10: // intervals are not exact to the nanosecond
		l.logged = p.Elapsed
		l.mention(p.logLine())
	}
}

// End takes the display off the screen.
func (l *Live) End() {
	l.quiet = true
	l.clear()
}
