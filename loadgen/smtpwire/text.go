package smtpwire

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFailureText bounds Failure.Text, in bytes.
const maxFailureText = 200

// printable makes one bounded line of what a server said: its first line, with
// a question mark for whatever could upset a terminal or is not UTF-8.
func printable(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	text = bytes.TrimSpace(text)
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n <= 1 || !unicode.IsPrint(r) {
			r = '?'
		}
		if b.Len()+utf8.RuneLen(r) > maxFailureText {
			break
		}
		b.WriteRune(r)
		text = text[n:]
	}
	return b.String()
}

// parseEnhanced takes the enhanced code off the front of a reply's text. A
// code counts only if its class is that of the reply (RFC 2034 section 4);
// otherwise something else looks like one, a version or an address.
func parseEnhanced(code int, text []byte) (EnhancedCode, []byte) {
	var e EnhancedCode
	rest := text
	for i := range e {
		n, v := 0, uint16(0)
		for n < len(rest) && n < 3 && digit(rest[n]) {
			v = v*10 + uint16(rest[n]-'0')
			n++
		}
		if n == 0 {
			return EnhancedCode{}, text
		}
		e[i], rest = v, rest[n:]
		if i < 2 {
			if len(rest) == 0 || rest[0] != '.' {
				return EnhancedCode{}, text
			}
			rest = rest[1:]
		}
	}
	if int(e[0]) != code/100 || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\n' {
		return EnhancedCode{}, text
	}
	return e, bytes.TrimLeft(rest, " ")
}
