package printable

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON makes a JSON document harmless, by escapes that mean the same in JSON. It escapes
// what encoding/json does not: C1 controls, marks of direction, and commands to CI systems
// within a string. No line can begin with a command, because strings are in quotes.
func JSON(document string) string {
	b := make([]byte, 0, len(document))
	hash := false
	for i := 0; i < len(document); {
		r, size := utf8.DecodeRuneInString(document[i:])
		switch {
		case r == '\n', Rune(r) && !(hash && r == '#' && namesCommand(document[i+1:], closed)):
			b = append(b, document[i:i+size]...)
		case r < 0x10000:
			b = fmt.Appendf(b, `\u%04x`, r)
		default: // within a string: all else is ASCII
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		}
		hash = r == '#'
		i += size
	}
	return string(b)
}
