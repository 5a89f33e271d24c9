package console

import (
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// A line is one of the display's, in pieces of different looks.
type line []span

// A span is a text of one look.
type span struct {
	text string
	look look
}

// A look is how a text stands out, on terminals with colours.
type look uint8

const (
	plain look = iota
	faint      // what is of less interest
	alarm      // errors
	good       // what is done of the bar
)

// codes are the escape sequences of the looks.
var codes = [...]string{plain: "", faint: "\x1b[2m", alarm: "\x1b[31m", good: "\x1b[32m"}

const reset = "\x1b[0m"

// text is a line of one look.
func text(s string) line { return line{{text: s}} }

// width is how many columns the line takes. All its characters take one: names of
// scenarios and flows are ASCII.
func (l line) width() (n int) {
	for _, s := range l {
		n += utf8.RuneCountInString(s.text)
	}
	return n
}

// render makes the line harmless, cuts it to a width, and colours it if asked to. It
// returns how many columns that takes.
func (l line) render(width int, colour bool) (text string, columns int) {
	var b strings.Builder
	for _, s := range l {
		shown := printable.Text(s.text)
		n := utf8.RuneCountInString(shown)
		cut := columns+n > width
		if cut {
			shown, n = clip(shown, width-columns), max(0, width-columns)
		}
		if n > 0 {
			columns += n
			if code := codes[s.look]; colour && code != "" {
				shown = code + shown + reset
			}
			b.WriteString(shown)
		}
		if cut {
			break
		}
	}
	return b.String(), columns
}

// clip cuts a text to a width.
func clip(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	switch {
	case width <= 0:
		return ""
	case width == 1:
		return "…"
	}
	return string([]rune(s)[:width-1]) + "…"
}

// pack puts pieces side by side with a gap between them, on as many lines as they need.
// A piece that is too wide has a line of its own.
func pack(width int, gap string, pieces []line) (lines []line) {
	for _, p := range pieces {
		last := len(lines) - 1
		if last >= 0 && lines[last].width()+utf8.RuneCountInString(gap)+p.width() <= width {
			lines[last] = append(append(lines[last], span{text: gap}), p...)
			continue
		}
		lines = append(lines, append(line{}, p...))
	}
	return lines
}
