package smtpwire

import (
	"bytes"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A quote is text that a server said, or may have a part in. No secret may leave the
// client, so a quote leaves it only by Line and lines.
type quote struct {
	text    []byte
	secrets *Secrets
	cut     bool // text ends before what the server said does
}

// Line returns the quote's first line: bounded, printable and without secrets.
func (q *quote) Line() string { return printable(q.redacted()) }

// lines returns all lines of the quote, each bounded, printable and without secrets.
func (q *quote) lines() []string {
	var all []string
	for line := range bytes.SplitSeq(q.redacted(), []byte{'\n'}) {
		all = append(all, printable(line))
	}
	return all
}

func (q *quote) redacted() []byte {
	if q.cut {
		return q.secrets.redactCut(q.text)
	}
	return q.secrets.redact(q.text)
}

// A quoteStore holds the quotes of a client's events, and their text.
type quoteStore struct {
	text   []byte
	quotes []quote
}

func (s *quoteStore) clear() {
	if s != nil {
		s.text, s.quotes = s.text[:0], s.quotes[:0]
	}
}

// quote keeps a quote until the driver has taken the events: another reply may come
// before. If a slice of the store grows, earlier quotes still have the old one.
func (c *Client) quote(q quote) *quote {
	if c.quotes == nil {
		c.quotes = new(quoteStore)
	}
	s := c.quotes
	n := len(s.text)
	s.text = append(s.text, q.text...)
	q.text, q.secrets = s.text[n:], c.secrets
	s.quotes = append(s.quotes, q)
	return &s.quotes[len(s.quotes)-1]
}

// lastingCopy returns a copy of a client's failure that is valid longer than its event.
func lastingCopy(f sample.Failure) *sample.Failure {
	q := f.Quote.(*quote)
	f.Quote = &quote{text: bytes.Clone(q.text), secrets: q.secrets, cut: q.cut}
	return &f
}
