package smtpwire

import (
	"bytes"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// parseEnhanced finds the enhanced code of a reply, and returns it with the rest of the
// text. The code comes first (RFC 2034 section 4). Servers write it in several ways:
// 5.1.1, 5.1.1:, #5.1.1, (5.1.1), [5.1.1], and 5.7.606-649 for one of several. qmail
// puts it at the end of the line, as (#5.1.1); then the whole text is returned. A code
// counts only if its class is that of the reply: other things look like codes too, such
// as versions and addresses.
func parseEnhanced(code int, text []byte) (sample.EnhancedCode, []byte) {
	front := bytes.TrimLeft(text, " \t")
	if e, used := decorated(front); used > 0 && int(e[0]) == code/100 {
		if front[used-1] == '-' { // keep the whole range in the text
			return e, front
		}
		return e, bytes.TrimLeft(front[used:], " \t")
	}
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	line = bytes.TrimRight(line, " \t.")
	for i := bytes.LastIndexAny(line, "([#"); i > 0; i = bytes.LastIndexAny(line[:i], "([#") {
		e, used := decorated(line[i:])
		if used > 0 && int(e[0]) == code/100 && (line[i] == '#' || i+used == len(line)) {
			return e, text
		}
	}
	return sample.EnhancedCode{}, text
}

// decorated reads a code with the marks around it, and returns how many octets these
// are: 0 if text does not begin with a code. A hyphen after the code is the last.
func decorated(text []byte) (sample.EnhancedCode, int) {
	n, end := 0, byte(0)
	switch {
	case bytes.HasPrefix(text, []byte{'('}):
		n, end = 1, ')'
	case bytes.HasPrefix(text, []byte{'['}):
		n, end = 1, ']'
	}
	if n < len(text) && text[n] == '#' {
		n++
	}
	e, used := scanCode(text[n:])
	if used == 0 {
		return e, 0
	}
	n += used
	switch {
	case end != 0:
		if n == len(text) || text[n] != end {
			return sample.EnhancedCode{}, 0
		}
		n++
		if n < len(text) && text[n] == ':' {
			n++
		}
	case n < len(text) && bytes.IndexByte([]byte(":;,-)]"), text[n]) >= 0:
		n++
	case n < len(text) && text[n] != ' ' && text[n] != '\t' && text[n] != '\n':
		return sample.EnhancedCode{}, 0
	}
	return e, n
}

// scanCode reads three numbers with dots between, each of at most three digits.
func scanCode(text []byte) (e sample.EnhancedCode, used int) {
	rest := text
	for i := range e {
		n, v := 0, uint16(0)
		for n < len(rest) && n < 3 && digit(rest[n]) {
			v = v*10 + uint16(rest[n]-'0')
			n++
		}
		if n == 0 {
			return sample.EnhancedCode{}, 0
		}
		e[i], rest = v, rest[n:]
		if i < 2 {
			if len(rest) == 0 || rest[0] != '.' {
				return sample.EnhancedCode{}, 0
			}
			rest = rest[1:]
		}
	}
	if len(rest) > 0 && digit(rest[0]) {
		return sample.EnhancedCode{}, 0
	}
	return e, len(text) - len(rest)
}
