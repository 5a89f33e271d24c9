// Package printable makes text of any origin harmless to show. A server's
// reply, a name in a scenario and the name of a file are somebody else's words:
// shown as they are they could move a terminal's cursor, turn the direction of
// what stands beside them, hide a part of it, or give a command to the CI
// system that reads the log.
//
// What does harm is shown as an escape, as Go and JSON write one (\x1b,
// \u202e), so that it can still be read. Text does it for a text that stands
// within something, Start for a line of such texts, and a Writer for whatever
// is written to it. All may be done twice.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rune tells whether a character may be shown as it is: it has a shape of its
// own, or is the space between words. Controls do not, nor do marks of
// direction, ends of lines, spaces of other kinds, and what Unicode has that
// takes no room.
func Rune(r rune) bool {
	return unicode.IsPrint(r) && (r < 0x80 || !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// Text makes a text one that may stand within a line: the end of a line in it
// is escaped too, and so is what CI systems take for a command wherever it
// stands.
func Text(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !Rune(r) || r == utf8.RuneError || r == '#' }) < 0 {
		return text
	}
	var g guard
	return string(g.appendTo(nil, text, closed))
}

// Start makes a line, of texts that are printable, begin with no command to a
// CI system. It looks at nothing but the beginning.
func Start(line string) string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if !beginsCommand(line[indent:], closed) {
		return line
	}
	b := appendEscape([]byte(line[:indent]), rune(line[indent]))
	return string(append(b, line[indent+1:]...))
}

// A guard goes through text piece by piece, and remembers of those before what
// it takes to know a command.
type guard struct {
	lines  bool // ends of lines may stay, and what begins a line is looked at
	begins bool // nothing but spaces in the line so far
	hash   bool // a # is the last character so far
}

// appendTo appends a piece to b, made harmless. Where it is open, the next
// piece may go on with a word that this one ends in.
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
