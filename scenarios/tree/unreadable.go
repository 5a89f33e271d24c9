package tree

import (
	"fmt"
	"unicode/utf8"
)

// Unreadable finds the first character that text does not have: YAML does not
// allow it, and its library reports that without the place. do says what to do
// about a control character.
func Unreadable(file string, source []byte, do string) (Position, string) {
	line, column := 1, 1
	for i := 0; i < len(source); {
		c, size := utf8.DecodeRune(source[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return Position{file, line, column}, "the text is not UTF-8: save it as that"
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f,
			c > 0x7f && c < 0xa0 && c != 0x85, c == 0xfffe, c == 0xffff:
			return Position{file, line, column}, fmt.Sprintf("control character U+%04X: %s", c, do)
		case c == '\n':
			line, column = line+1, 0
		}
		column++
		i += size
	}
	return Position{}, ""
}
