package smtpwire

import (
	"bytes"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A quote is text that a server said, or may have a part in. It leaves the
// client as a line, and no other way, so that no secret does.
type quote struct {
	text    []byte
	secrets *Secrets
	cut     bool // text ends before what was said does
}

// Line makes one bounded line of the quote: its first, free of secrets, and
// printable.
func (q *quote) Line() string {
	return printable(q.secrets.redact(q.text, q.cut))
}

// lines makes a bounded line of each of the quote's.
func (q *quote) lines() []string {
	var all []string
	for line := range bytes.SplitSeq(q.secrets.redact(q.text, q.cut), []byte{'\n'}) {
		all = append(all, printable(line))
	}
	return all
}

// sayings are the quotes of a client's events, and what they are made of.
type sayings struct {
	words  []byte
	quotes []quote
}

func (s *sayings) clear() {
	if s != nil {
		s.words, s.quotes = s.words[:0], s.quotes[:0]
	}
}

// quote keeps text until the events have been taken: another reply may come
// before. Slices that grow leave what they grew out of to those who have it.
func (c *Client) quote(text []byte, cut bool) *quote {
	if c.said == nil {
		c.said = new(sayings)
	}
	s := c.said
	n := len(s.words)
	s.words = append(s.words, text...)
	s.quotes = append(s.quotes, quote{text: s.words[n:], secrets: c.secrets, cut: cut})
	return &s.quotes[len(s.quotes)-1]
}

// lasting returns a copy of a client's failure that outlives the events of now.
func lasting(f sample.Failure) *sample.Failure {
	q := f.Quote.(*quote)
	f.Quote = &quote{text: bytes.Clone(q.text), secrets: q.secrets, cut: q.cut}
	return &f
}
