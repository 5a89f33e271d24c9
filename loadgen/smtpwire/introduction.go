package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// Hello returns how the server has introduced itself until now; nil unless
// Options.Capture. After the Greeted event it is complete.
func (c *Client) Hello() *sample.Greeting {
	h := c.hello
	if h == nil {
		return nil
	}
	g := &sample.Greeting{Clear: h.clear.offered(c.secrets), Secure: h.secure.offered(c.secrets)}
	if banner := h.banner.lines(c.secrets); len(banner) > 0 {
		g.Banner = banner[0]
	}
	return g
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

// offered returns the lines after the first, which has the server's name. A secret may
// begin in the first line, so all lines together are searched for secrets.
func (s *statement) offered(secrets *Secrets) []string {
	lines := s.lines(secrets)
	if len(lines) < 2 {
		return nil
	}
	return lines[1:]
}

func (s *statement) lines(secrets *Secrets) []string {
	if !s.begun {
		return nil
	}
	q := quote{text: s.text, secrets: secrets, cut: s.cut}
	return q.lines()
}
