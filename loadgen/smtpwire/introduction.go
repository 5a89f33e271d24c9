package smtpwire

import (
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Hello returns how the server has introduced itself until now; nil unless
// Options.Capture. After the Greeted event it is complete.
func (c *Client) Hello() *sample.Greeting {
	h := c.hello
	if h == nil {
		return nil
	}
	g := &sample.Greeting{EHLO: c.name()}
	for _, said := range []struct {
		by     *statement
		offers *[]string
	}{{&h.clear, &g.Clear}, {&h.secure, &g.Secure}} {
		if lines := said.by.lines(c.secrets); len(lines) > 0 {
			g.Name, _, _ = strings.Cut(lines[0], " ")
			*said.offers = offers(lines)
		}
	}
	if banner := h.banner.lines(c.secrets); len(banner) > 0 {
		g.Banner = banner[0]
	}
	return g
}

// maxForeign bounds the octets of a text that Line looks at.
const maxForeign = 1 << 10

// Line returns the first line of a text that somebody else wrote: bounded, printable,
// and without what the client must not show.
func (c *Client) Line(text string) string {
	q := quote{text: []byte(text[:min(len(text), maxForeign)]), secrets: c.secrets, cut: len(text) > maxForeign}
	return q.Line()
}

// emitGreeted reports that Hello is complete.
func (c *Client) emitGreeted(at sample.Instant) {
	if c.hello != nil {
		c.emit(Event{Kind: Greeted, End: at})
	}
}

// An introduction is what Hello returns, as it came.
type introduction struct{ banner, clear, secure statement }

// offers returns the statement for what EHLO offers.
func (h *introduction) offers(secured bool) *statement {
	if secured {
		return &h.secure
	}
	return &h.clear
}

// forget empties that statement before EHLO is sent again.
func (h *introduction) forget(secured bool) { *h.offers(secured) = statement{} }

// A statement is the lines of a positive reply.
type statement struct {
	text  []byte // with line feeds between
	begun bool
	cut   bool
}

// maxStatement bounds the text that is kept of one.
const maxStatement = 16 << 10

func (s *statement) add(line []byte) {
	if s.begun && len(s.text) < maxStatement {
		s.text = append(s.text, '\n')
	}
	s.begun = true
	room := maxStatement - len(s.text)
	s.cut = s.cut || len(line) > room
	s.text = append(s.text, line[:min(len(line), room)]...)
}

// offers returns the lines after the first, which has the server's name; nil if there
// are none. Some servers end with a line that says nothing.
func offers(lines []string) (said []string) {
	for _, line := range lines[min(1, len(lines)):] {
		if strings.TrimSpace(line) != "" {
			said = append(said, line)
		}
	}
	return said
}

// lines returns the lines without secrets. A secret may begin in one line and end in
// another, so all are searched together.
func (s *statement) lines(secrets *Secrets) []string {
	if !s.begun {
		return nil
	}
	q := quote{text: s.text, secrets: secrets, cut: s.cut}
	return q.lines()
}
