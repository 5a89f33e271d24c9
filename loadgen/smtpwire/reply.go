package smtpwire

import "bytes"

// A reply reads replies line by line (RFC 5321 section 4.2). It parses lines without
// copying them, except for those that arrive in pieces.
//
// Lines end in CRLF. A bare LF ends a line too, as in Postfix and most clients: there
// are servers that send it, and replies have no content that could be smuggled.
type reply struct {
	code  uint16
	lines uint16
	ended bool // the next line begins another reply
	kept  *kept
}

// kept is what a reply has to copy. Most sessions never need it.
type kept struct {
	line []byte // the beginning of a line whose end has not arrived
	text []byte // the lines of a negative reply, at most maxText octets
	cut  bool   // the reply said more than that
}

// maxText bounds what is kept of a negative reply for classification.
const maxText = 512

// limits bound what a server may send as one reply.
type limits struct{ line, lines int }

// A progress says how far a call of next has come.
type progress uint8

const (
	needMore  progress = iota // the line's end has not arrived
	continued                 // a line, and the reply goes on
	complete                  // the reply's last line
	invalid                   // not a reply
)

// What can be wrong with a reply, as a failure describes it.
const (
	faultLine  = "a reply line over the bound"
	faultLines = "a reply with too many lines"
	faultCode  = "a reply without a code"
	faultClass = "a reply code outside 2xx to 5xx"
	faultMixed = "codes that differ within one reply"
)

// next reads p up to the end of a line, and returns how many octets it used. text is
// what follows the code on the line, and is valid until the next call. If the line is
// invalid, text says why.
func (r *reply) next(p []byte, l limits) (text []byte, used int, s progress) {
	line := p
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		line, used = p[:i+1], i+1
	} else {
		used = len(p)
	}
	have := 0
	if r.kept != nil {
		have = len(r.kept.line)
	}
	if have+len(line) > l.line {
		return []byte(faultLine), used, invalid
	}
	if len(line) == 0 || line[len(line)-1] != '\n' {
		r.keepLine(line)
		return nil, used, needMore
	}
	if have > 0 {
		line = append(r.kept.line, line...)
		r.kept.line = line[:0]
	}
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	text, s = r.parse(line, l.lines)
	return text, used, s
}

// parse takes a whole line without its end.
func (r *reply) parse(line []byte, maxLines int) ([]byte, progress) {
	if r.ended {
		r.code, r.lines, r.ended = 0, 0, false
		if r.kept != nil {
			r.kept.text, r.kept.cut = r.kept.text[:0], false
		}
	}
	if len(line) < 3 || !digit(line[0]) || !digit(line[1]) || !digit(line[2]) {
		return []byte(faultCode), invalid
	}
	last, text := true, line[3:]
	if len(text) > 0 {
		switch {
		case text[0] == ' ':
			text = text[1:]
		case text[0] == '-':
			last, text = false, text[1:]
		case string(line[:3]) == "334":
			// Some servers leave out the blank, and a prompt is clear without it.
		default:
			return []byte(faultCode), invalid
		}
	}
	code := uint16(line[0]-'0')*100 + uint16(line[1]-'0')*10 + uint16(line[2]-'0')
	switch {
	case code < 200 || code > 599:
		return []byte(faultClass), invalid
	case r.lines > 0 && code != r.code:
		return []byte(faultMixed), invalid
	case int(r.lines) >= maxLines:
		return []byte(faultLines), invalid
	}
	r.code = code
	r.lines++
	if code >= 400 {
		r.keepText(text)
	}
	r.ended = last
	if last {
		return text, complete
	}
	return text, continued
}

func digit(b byte) bool { return b-'0' <= 9 }

func (r *reply) keepLine(p []byte) {
	if len(p) == 0 {
		return
	}
	if r.kept == nil {
		r.kept = new(kept)
	}
	r.kept.line = append(r.kept.line, p...)
}

// keepText adds a line of a negative reply. A line feed, which no line can contain,
// separates lines.
func (r *reply) keepText(text []byte) {
	if r.kept == nil {
		r.kept = new(kept)
	}
	k := r.kept
	if r.lines > 1 && len(k.text) < maxText {
		k.text = append(k.text, '\n')
	}
	room := maxText - len(k.text)
	k.cut = k.cut || len(text) > room
	k.text = append(k.text, text[:min(len(text), room)]...)
}

// is tells whether the code begins with d. That digit decides what a client does (RFC
// 5321 section 4.2.1).
func (r *reply) is(d uint16) bool { return r.code/100 == d }

// negative tells whether the server said no, for now or for good.
func (r *reply) negative() bool { return r.code >= 400 }

// cut tells whether a negative reply said more than is kept.
func (r *reply) cut() bool { return r.kept != nil && r.kept.cut }

// refusalText returns what a negative reply refusalText.
func (r *reply) refusalText() []byte {
	if r.kept == nil {
		return nil
	}
	return r.kept.text
}
