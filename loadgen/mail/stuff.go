package mail

import "bytes"

// normalize returns text with every line ended by CRLF, the last one too,
// whether it was by CR, LF or CRLF before. No other CR or LF may be in mail
// (RFC 5321, 2.3.8), and servers differ in what they make of one.
func normalize(text []byte) []byte {
	out := make([]byte, 0, len(text)+bytes.Count(text, []byte("\n"))+len("\r\n"))
	for len(text) > 0 {
		end := bytes.IndexAny(text, "\r\n")
		if end < 0 {
			end = len(text)
		}
		out = append(append(out, text[:end]...), "\r\n"...)
		switch text = text[end:]; {
		case bytes.HasPrefix(text, []byte("\r\n")):
			text = text[2:]
		case len(text) > 0:
			text = text[1:]
		}
	}
	return out
}

// stuff returns normalized text with the dot doubled that a line begins with
// (RFC 5321, 4.5.2), or nil where no line does.
func stuff(text []byte) []byte {
	n := bytes.Count(text, []byte("\n."))
	if bytes.HasPrefix(text, []byte(".")) {
		n++
	}
	if n == 0 {
		return nil
	}
	out := make([]byte, 0, len(text)+n+len(finalDot))
	for len(text) > 0 {
		if text[0] == '.' {
			out = append(out, '.')
		}
		end := bytes.IndexByte(text, '\n') + 1
		out = append(out, text[:end]...)
		text = text[end:]
	}
	return out
}
