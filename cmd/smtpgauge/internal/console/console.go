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

// A Console is stderr as the commands have it. What is written to it is made
// harmless, stands above the display there may be, and is waited for by nobody;
// that it cannot be written ends nothing.
type Console struct {
	out  *backlog
	size func() (width, height int) // of the terminal; nil where there is none

	mu    sync.Mutex
	text  *printable.Writer // into said
	said  bytes.Buffer
	below func(width int) []string // the display
	drawn int                      // lines of it on the screen now
}

// newConsole returns a console on w, which knows by itself whether that is a
// terminal.
func New(w io.Writer) *Console {
	c := &Console{out: &backlog{w: w}}
	c.text = printable.NewWriter(&c.said)
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

// Write says something. It never fails.
func (c *Console) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said.Reset()
	_, _ = c.text.Write(text) // a buffer's never fails
	if c.drawn == 0 || c.said.Len() == 0 {
		c.out.put(c.said.Bytes())
		return len(text), nil
	}
	shown := []byte(c.erasing() + c.said.String())
	lines := 0
	if bytes.HasSuffix(shown, []byte("\n")) {
		var display string
		display, lines = c.drawing()
		shown = append(shown, display...)
	}
	if c.out.put(shown) {
		c.drawn = lines
	}
	return len(text), nil
}

// mention says a line that is worth nothing later: it is left out where the
// reader is behind.
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
	display, lines := c.drawing()
	if c.out.put([]byte(c.erasing() + display)) {
		c.drawn = lines
	}
}

// clear takes the display off the screen.
func (c *Console) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn > 0 && c.out.put([]byte(c.erasing())) {
		c.drawn = 0
	}
}

// Flush waits for the reader, but not forever.
func (c *Console) Flush() { c.out.flush() }

// drawing is the display as it is written, and how many lines that is.
func (c *Console) drawing() (text string, lines int) {
	width, height := c.size()
	// One column is left free: a character in the last one makes some
	// terminals go to the next line, and the count of lines would be wrong. So
	// would it be with more lines than the screen has.
	list := c.below(width - 1)
	list = list[:min(len(list), max(1, height-1))]
	for i, line := range list {
		list[i] = clip(printable.Text(line), width-1)
	}
	return strings.Join(list, "\n") + "\n", len(list)
}

// erasing goes back to where the display began and clears all below.
func (c *Console) erasing() string {
	if c.drawn == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r\x1b[J", c.drawn)
}
