package console

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// A Console is the commands' stderr. It escapes control characters in what is
// written to it, and shows that above the display, if there is one. A write never
// waits and never fails, so a reader who stops does not stop a command.
type Console struct {
	out    *backlog
	size   func() (width, height int) // of the terminal; nil if it is none
	colour bool

	mu    sync.Mutex
	text  *printable.Writer // into safe
	safe  bytes.Buffer      // the text of one write, escaped
	below screen            // the display
	drawn []int             // the lines of it on the screen now, by their columns
}

// A screen draws a display of a size.
type screen func(width, height int) []line

// New returns a console on w, which finds out whether that is a terminal.
func New(w io.Writer) *Console {
	c := &Console{out: &backlog{w: w}}
	c.text = printable.NewWriter(&c.safe)
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		c.colour = os.Getenv("NO_COLOR") == ""
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
	c.breakLines()
	if len(c.drawn) == 0 || c.safe.Len() == 0 {
		c.out.put(c.safe.Bytes())
		return len(text), nil
	}
	shown := c.home() + clearBelow + c.safe.String()
	var drawn []int
	if strings.HasSuffix(shown, "\n") {
		var display string
		display, drawn = c.draw()
		shown += display
	}
	if c.out.put([]byte(shown)) {
		c.drawn = drawn
	}
	return len(text), nil
}

// breakLines breaks what was written, on a terminal, between the words of the lines that are
// too long for it. What follows the first line of each is indented. A command that is to be
// copied stays whole: terminals break it by themselves, and join it again when it is copied.
func (c *Console) breakLines() {
	if c.size == nil {
		return
	}
	width, _ := c.size()
	lines := strings.Split(c.safe.String(), "\n")
	for i, l := range lines {
		if utf8.RuneCountInString(l) > width && !strings.HasPrefix(l, command) {
			head := strings.Repeat(" ", min(indentation(l), width/2))
			lines[i] = head + strings.Join(human.Wrap(l, max(width-len(head)-len(indent), leastWrapped)), "\n"+head+indent)
		}
	}
	c.safe.Reset()
	c.safe.WriteString(strings.Join(lines, "\n"))
}

// Report writes a message of one line.
func (c *Console) Report(message string) { fmt.Fprintln(c, message) }

// command begins the line of a message that is a command.
const command = "  smtpgauge "

// indent stands before what continues a message, which has so many columns at least.
const (
	indent       = "  "
	leastWrapped = 20
)

// mention writes a line that is of no use later: it is left out if the reader is
// behind.
func (c *Console) mention(line string) {
	if c.out.empty() {
		fmt.Fprintln(c, line)
	}
}

// show brings the display on a terminal up to date, unless the reader is
// behind.
func (c *Console) show(below screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.out.empty() {
		return
	}
	c.below = below
	display, drawn := c.draw()
	// Each line is drawn over the old one, and what is left of that is cleared
	// after it. To clear all of it first would flicker.
	if c.out.put([]byte(c.home() + display + clearBelow)) {
		c.drawn = drawn
	}
}

// clear takes the display off the screen.
func (c *Console) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.drawn) > 0 && c.out.put([]byte(c.home()+clearBelow)) {
		c.drawn = nil
	}
}

// Flush waits for the reader, but not forever.
func (c *Console) Flush() { c.out.flush() }

// draw returns the display as text, and how many columns each of its lines has.
func (c *Console) draw() (text string, drawn []int) {
	width, height := c.size()
	// One column stays free: a character in the last one makes some terminals go
	// to the next line, and the count of lines would be wrong. It would also be
	// wrong with more lines than the screen has.
	width, height = width-1, max(1, height-1)
	list := c.below(width, height)
	var b strings.Builder
	for _, l := range list[:min(len(list), height)] {
		shown, columns := l.render(width, c.colour)
		b.WriteString(shown + clearRight + "\n")
		drawn = append(drawn, columns)
	}
	return b.String(), drawn
}

// The escape sequences that clear the rest of a line, and of the screen.
const (
	clearRight = "\x1b[K"
	clearBelow = "\x1b[J"
)

// home is the escape sequence that goes back to the display's first line; "" if there
// is none. On a terminal that has become narrower since, a line takes several rows.
func (c *Console) home() string {
	if len(c.drawn) == 0 {
		return ""
	}
	width, height := c.size()
	rows := 0
	for _, columns := range c.drawn {
		rows += max(1, (columns+width-1)/width)
	}
	return fmt.Sprintf("\x1b[%dA\r", min(rows, height))
}
