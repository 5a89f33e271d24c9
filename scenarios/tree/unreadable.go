package tree

import (
	"fmt"
	"unicode/utf8"
)

// Unreadable finds the first character that does not belong in text, and returns its
// position and a message; the message is empty if there is none. YAML does not allow
// such characters, and its library reports them without their position. advice says
// what to do about a control character.
func Unreadable(file string, source []byte, advice string) (Position, string) {
	line, column := 1, 1
	for i := 0; i < len(source); {
		c, size := utf8.DecodeRune(source[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			return Position{file, line, column}, "the text is not UTF-8: save it as UTF-8"
		case c < ' ' && c != '\t' && c != '\n' && c != '\r', c == 0x7f,
			c > 0x7f && c < 0xa0 && c != 0x85, c == 0xfffe, c == 0xffff:
			return Position{file, line, column}, fmt.Sprintf("control character U+%04X: %s", c, advice)
		case c == '\n':
			line, column = line+1, 0
		}
		column++
		i += size
	}
	return Position{}, ""
}
