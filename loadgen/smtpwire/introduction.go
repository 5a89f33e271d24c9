package smtpwire

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// Hello returns how the server introduced itself, as far as that has come;
// nil unless Options.Capture.
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

// emitGreeted tells that all there is to Hello has come.
func (c *Client) emitGreeted(at sample.Instant) {
	if c.hello != nil {
		c.emit(Event{Kind: Greeted, End: at})
	}
}

// An introduction is what Hello tells of, as it came.
type introduction struct{ banner, clear, secure statement }

// offers is where what EHLO offers is kept.
func (h *introduction) offers(secured bool) *statement {
	if secured {
		return &h.secure
	}
	return &h.clear
}

// forget makes room for what EHLO offers when it is said again.
func (h *introduction) forget(secured bool) { *h.offers(secured) = statement{} }

// A statement is a positive reply's lines.
type statement struct {
	text  []byte // with line feeds between
	begun bool
	cut   bool
}

// maxStatement bounds what is kept of one.
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

// offered is what follows the line with the server's name. A secret may begin
// in that one, so it is kept with the others until it is looked for.
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
