package smtpwire

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFailureText bounds a line of text that leaves a client, in octets.
const maxFailureText = 200

// printable returns the first line of a text, bounded, with a question mark in place of
// everything that could upset a terminal or is not UTF-8.
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
