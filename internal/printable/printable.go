// Package printable makes text from anywhere harmless to show. Others write the replies
// of a server, the names in a scenario and the names of files. If such text is shown as
// it is, it can move a terminal's cursor, turn the direction of the text beside it, hide
// a part of it, or give a command to the CI system that reads the log.
//
// What can do harm is shown as an escape of Go and JSON (\x1b, \u202e), so that people
// can still read it. [Text] does this for a text within a line, [Start] for the beginning
// of a line made of such texts, and a [Writer] for everything that is written to it. To do
// it twice changes nothing.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rune tells whether a character may be shown as it is: it has a shape of its own, or is
// the common space. Controls, marks of direction, ends of lines, other spaces, and
// characters that take no room may not.
func Rune(r rune) bool {
	return unicode.IsPrint(r) && (r < 0x80 || !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// Text makes a text harmless within a line. It also escapes ends of lines, and what CI
// systems take for a command anywhere in a line.
func Text(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !Rune(r) || r == utf8.RuneError || r == '#' }) < 0 {
		return text
	}
	var g guard
	return string(g.appendTo(nil, text, closed))
}

// Start makes the beginning of a line harmless: if a CI system would take it for a
// command, it is escaped. The line is made of texts that are printable already.
func Start(line string) string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if !beginsCommand(line[indent:], closed) {
		return line
	}
	b := appendEscape([]byte(line[:indent]), rune(line[indent]))
	return string(append(b, line[indent+1:]...))
}

// A guard goes through a text piece by piece. It remembers as much of the earlier pieces
// as it needs to recognize a command.
type guard struct {
	lines  bool // ends of lines stay as they are, and beginnings of lines are checked
	begins bool // the line has nothing but spaces so far
	hash   bool // the last character was a #
}

// appendTo makes a piece harmless and appends it to b. If it is open, the next piece may
// go on with its last word.
func (g *guard) appendTo(b []byte, text string, e ending) []byte {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n' && g.lines:
			b = append(b, '\n')
		case r == utf8.RuneError && size == 1:
			b = fmt.Appendf(b, `\x%02x`, text[i])
		case !Rune(r), g.lines && g.begins && beginsCommand(text[i:], e), g.hash && r == '#' && namesCommand(text[i+1:], e):
			b = appendEscape(b, r)
		default:
			b = append(b, text[i:i+size]...)
		}
		g.begins = r == '\n' || g.begins && r == ' '
		g.hash = r == '#'
		i += size
	}
	return b
}

func appendEscape(b []byte, r rune) []byte {
	switch {
	case r < 0x80:
		return fmt.Appendf(b, `\x%02x`, r)
	case r < 0x10000:
		return fmt.Appendf(b, `\u%04x`, r)
	}
	return fmt.Appendf(b, `\U%08x`, r)
}
