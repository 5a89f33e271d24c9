package console

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/term"
)

// A Printout is stdout, for results. After an error nothing more is printed, and
// Err returns it: the command has to fail then.
type Printout struct {
	w      io.Writer
	before func() // is called before each write, so that messages stand above it
	err    error  // of the first write that failed
}

// NewPrintout returns a printout on w. What was written to c before stands above
// what is printed.
func NewPrintout(w io.Writer, c *Console) *Printout { return &Printout{w: w, before: c.Flush} }

// Writer is what the printout writes to.
func (p *Printout) Writer() io.Writer { return p.w }

// Err is why not everything is printed; nil if it is.
func (p *Printout) Err() error { return p.err }

// Terminal is the width of the terminal that the printout goes to, and whether it
// shows colours. If it is no terminal, the width is that of COLUMNS, or 0.
func (p *Printout) Terminal() (width int, color bool) {
	f, ok := p.w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= leastWrapped && n <= mostColumns {
			width = n
		}
		return width, false
	}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil {
		width = w
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// mostColumns bounds what COLUMNS may ask for.
const mostColumns = 1000

// IsTerminal tells whether the printout goes to a terminal.
func (p *Printout) IsTerminal() bool {
	f, ok := p.w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Write prints, unless it has failed before.
func (p *Printout) Write(text []byte) (int, error) {
	p.before()
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(text)
	switch {
	case errors.Is(err, syscall.EPIPE):
		p.err = readerLeft{err}
	case err != nil:
		p.err = fmt.Errorf("not everything could be printed: %w", err)
	}
	return n, p.err
}

// A readerLeft is that a pipe was closed before all was printed, as head does. Its text is
// empty: whoever left has seen enough. The command fails all the same.
type readerLeft struct{ error }

func (readerLeft) Error() string { return "" }

// Unwrap is what the system says of it.
func (e readerLeft) Unwrap() error { return e.error }
