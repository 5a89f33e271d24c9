package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// logEvery is how often progress is told where there is no terminal.
const logEvery = 5 * time.Second

// A live display shows a run's progress on stderr: redrawn in place on a
// terminal, a line now and then elsewhere, nothing where it is quiet. What
// else is to be said on stderr meanwhile goes through its Write, so that it
// stands above the display and not in it.
type live struct {
	mu     sync.Mutex
	w      io.Writer
	size   func() (width, height int) // of the terminal; nil where there is none
	quiet  bool
	drawn  int           // lines on the screen now
	last   progress      // what they show
	logged time.Duration // when the last line was written, in the run's time
}

// newLive returns a display on w, which knows by itself whether w is a
// terminal.
func newLive(w io.Writer, quiet bool) *live {
	l := &live{w: w, quiet: quiet}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		l.size = func() (width, height int) {
			width, height, err := term.GetSize(int(f.Fd()))
			if err != nil || width <= 0 || height <= 0 {
				return 80, 24
			}
			return width, height
		}
	}
	return l
}

// show brings the display up to date.
func (l *live) show(p progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = p
	switch {
	case l.quiet:
	case l.size != nil:
		l.erase()
		l.draw()
	case p.elapsed-l.logged >= logEvery-logEvery/10: // intervals are not exact to the nanosecond
		l.logged = p.elapsed
		fmt.Fprintln(l.w, p.line())
	}
}

// Write lets others speak on stderr above the display.
func (l *live) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drawn == 0 {
		return l.w.Write(b)
	}
	l.erase()
	n, err := l.w.Write(b)
	if len(b) > 0 && b[len(b)-1] == '\n' {
		l.draw()
	}
	return n, err
}

// end takes the display off the screen.
func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.erase()
	l.size, l.quiet = nil, true
}

func (l *live) draw() {
	width, height := l.size()
	// One column is left free: a character in the last one makes some
	// terminals go to the next line, and the count of lines would be wrong. So
	// would it be with more lines than the screen has.
	lines := l.last.lines(width - 1)
	lines = lines[:min(len(lines), max(1, height-1))]
	io.WriteString(l.w, strings.Join(lines, "\n")+"\n")
	l.drawn = len(lines)
}

// erase goes back to where the display began and clears all below.
func (l *live) erase() {
	if l.drawn > 0 {
		fmt.Fprintf(l.w, "\x1b[%dA\r\x1b[J", l.drawn)
		l.drawn = 0
	}
}
