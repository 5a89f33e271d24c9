package console

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// A Console is the commands' stderr. It escapes control characters in what is
// written to it, and shows that above the display, if there is one. A write never
// waits and never fails, so a reader who stops does not stop a command.
type Console struct {
	out  *backlog
	size func() (width, height int) // of the terminal; nil if it is none

	mu    sync.Mutex
	text  *printable.Writer        // into safe
	safe  bytes.Buffer             // the text of one write, escaped
	below func(width int) []string // the display
	drawn int                      // lines of it on the screen now
}

// New returns a console on w, which finds out whether that is a terminal.
func New(w io.Writer) *Console {
	c := &Console{out: &backlog{w: w}}
	c.text = printable.NewWriter(&c.safe)
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		c.size = func() (width, height int) {
			width, height, err := term.GetSize(int(f.Fd()))
			if err != nil || width <= 0 || height <= 0 {
				return 80, 24
			}
			return width, height
		}
	}
	return c
}

// Write shows text. It never fails.
func (c *Console) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.safe.Reset()
	_, _ = c.text.Write(text) // writing to a buffer never fails
	if c.drawn == 0 || c.safe.Len() == 0 {
		c.out.put(c.safe.Bytes())
		return len(text), nil
	}
	shown := []byte(c.eraser() + c.safe.String())
	lines := 0
	if bytes.HasSuffix(shown, []byte("\n")) {
		var display string
		display, lines = c.draw()
		shown = append(shown, display...)
	}
	if c.out.put(shown) {
		c.drawn = lines
	}
	return len(text), nil
}

// mention writes a line that is of no use later: it is left out if the reader is
// behind.
func (c *Console) mention(line string) {
	if c.out.empty() {
		fmt.Fprintln(c, line)
	}
}

// show brings the display on a terminal up to date, unless the reader is
// behind.
func (c *Console) show(below func(width int) []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.out.empty() {
		return
	}
	c.below = below
	display, lines := c.draw()
	if c.out.put([]byte(c.eraser() + display)) {
		c.drawn = lines
	}
}

// clear takes the display off the screen.
func (c *Console) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn > 0 && c.out.put([]byte(c.eraser())) {
		c.drawn = 0
	}
}

// Flush waits for the reader, but not forever.
func (c *Console) Flush() { c.out.flush() }

// draw returns the display as text, and how many lines that is.
func (c *Console) draw() (text string, lines int) {
	width, height := c.size()
	// One column stays free: a character in the last one makes some terminals go
	// to the next line, and the count of lines would be wrong. It would also be
	// wrong with more lines than the screen has.
	list := c.below(width - 1)
	list = list[:min(len(list), max(1, height-1))]
	for i, line := range list {
		list[i] = clip(printable.Text(line), width-1)
	}
	return strings.Join(list, "\n") + "\n", len(list)
}

// eraser is the escape sequence that goes back to the display's first line and
// clears everything from there.
func (c *Console) eraser() string {
	if c.drawn == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", c.drawn)
}
