package mail

import "bytes"

// normalize returns text in which every line ends in CRLF, the last one too. Before
// it may be CR, LF or CRLF. No other CR or LF may be in mail (RFC 5321, 2.3.8), and
// servers handle them in different ways.
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

// stuff returns normalized text in which each dot at the beginning of a line is
// doubled (RFC 5321, 4.5.2); nil if there is none.
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
