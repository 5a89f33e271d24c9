package console

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// A Printout is stdout: results, which are whole or the command has failed.
type Printout struct {
	w      io.Writer
	before func() // is called first, so that what was said stands above it
	failed error  // the first that was not written
}

// NewPrintout returns a printout on w, above which stands what c has said.
func NewPrintout(w io.Writer, c *Console) *Printout { return &Printout{w: w, before: c.Flush} }

// Writer is what the printout writes to.
func (p *Printout) Writer() io.Writer { return p.w }

// Err is why not all is printed; nil if it is.
func (p *Printout) Err() error { return p.failed }

// Terminal is how wide the terminal is that the printout goes to, and whether it
// takes colours; 0 and false if it is none.
func (p *Printout) Terminal() (width int, color bool) {
	f, ok := p.w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil {
		width = w
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Write prints, unless it has failed before.
func (p *Printout) Write(text []byte) (int, error) {
	p.before()
	if p.failed != nil {
		return 0, p.failed
	}
	n, err := p.w.Write(text)
	if err != nil {
		p.failed = fmt.Errorf("not all is printed: %w", err)
	}
	return n, p.failed
}
