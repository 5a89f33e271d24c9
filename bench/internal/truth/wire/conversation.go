package wire

import "strings"

// keptLine is how much of a command line is kept, which is enough for the verb.
const keptLine = 16

// A mode says what the client's next bytes in the clear are.
type mode uint8

const (
	commands mode = iota
	content       // of a message, up to the dot line
	answer        // a line that answers an AUTH challenge
)

// A pending command has left and has no reply yet.
type pending struct {
	phase   Phase
	from    Time      // when its first byte left; for Body, when its last byte left
	message Time      // for Body, when MAIL left
	group   *envelope // of Mail, Rcpt and Data
}

// A conversation is one connection.
type conversation struct {
	to       *Analysis
	up, down stream // from and to the client
	dialed   Time   // when the SYN left
	ended    bool
	welcome  bool // the banner has come
	tls      *turns

	// The client's side.
	mode    mode
	line    []byte
	lineAt  Time      // when the line's first byte left
	mailAt  Time      // when the last MAIL left
	sending *envelope // of the last MAIL; nil before it
	dot     int       // how much of CRLF.CRLF the content ends with
	cut     bool      // some of the content was not captured
	lastAt  Time      // when the last byte of content left
	waiting []pending

	// The server's side.
	column int
	code   [4]byte // the code of the line and what follows it

	established Time
}

func newConversation(a *Analysis, at Time) *conversation {
	c := &conversation{to: a, dialed: at, up: stream{leaving: true}}
	if a.beginning == InTLS {
		c.tls = &turns{conversation: c, greets: true}
	}
	return c
}

func (c *conversation) add(g Segment) {
	if g.FromClient {
		c.up.add(g, c.left)
	} else {
		if g.Syn && !c.down.begun {
			c.established = g.At
			c.to.sample(Connect, c.dialed, g.At)
		}
		c.down.add(g, c.arrived)
	}
	c.ended = c.ended || g.Fin
}

// left takes bytes that the client sent.
func (c *conversation) left(at Time, p []byte, length int) {
	if c.tls != nil {
		c.tls.left(at, p, length)
		return
	}
	if len(p) < length && c.mode != content {
		c.to.strange("command that was captured in part")
	}
	for i, b := range p {
		if c.mode == content {
			c.contentByte(b, at)
			continue
		}
		if c.lineAt == 0 {
			c.lineAt = at
		}
		if len(c.line) < keptLine {
			c.line = append(c.line, b)
		}
		if b == '\n' {
			c.command(strings.ToLower(string(c.line)), at)
			c.line, c.lineAt = c.line[:0], 0
		}
		if c.tls != nil { // only if the client did not wait for the reply to STARTTLS
			c.tls.left(at, p[i+1:], length-i-1)
			return
		}
	}
	if len(p) < length && c.mode == content {
		c.dot, c.cut, c.lastAt = 0, true, at
	}
}

// dotLine is what ends content.
const dotLine = "\r\n.\r\n"

func (c *conversation) contentByte(b byte, at Time) {
	switch {
	case b == dotLine[c.dot]:
		c.dot++
	case b == '\r':
		c.dot = 1
	default:
		c.dot = 0
	}
	c.lastAt = at
	if c.dot == len(dotLine) {
		c.bodyLeft()
	}
}

// bodyLeft notes that all of a message has left.
func (c *conversation) bodyLeft() {
	c.waiting = append(c.waiting, pending{phase: Body, from: c.lastAt, message: c.mailAt})
	c.mode, c.dot, c.cut = commands, 0, false
}

var verbs = map[string]Phase{
	"ehlo": EHLO, "helo": EHLO, "lhlo": EHLO, "starttls": StartTLS, "auth": Auth,
	"mail": Mail, "rcpt": Rcpt, "data": Data, "rset": Rset, "quit": Quit,
}

func (c *conversation) command(line string, at Time) {
	if c.mode == answer {
		c.mode = commands
		return
	}
	verb, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	phase, ok := verbs[verb]
	if !ok {
		c.to.strange("command " + verb)
	}
	p := pending{phase: phase, from: c.lineAt}
	switch phase {
	case Mail:
		c.giveUp()
		c.mailAt, c.sending = c.lineAt, new(envelope)
		c.to.Mailed = append(c.to.Mailed, c.lineAt)
		p.group = c.sending
	case Rcpt, Data:
		p.group = c.sending
	case Rset, Quit:
		c.giveUp()
	}
	if p.group != nil {
		p.group.leaves(c.lineAt)
	}
	c.waiting = append(c.waiting, p)
}

// arrived takes bytes that the server sent.
func (c *conversation) arrived(at Time, p []byte, length int) {
	if c.tls != nil {
		c.tls.arrived(at, p, length)
		return
	}
	if len(p) < length {
		c.to.strange("reply that was captured in part")
	}
	for _, b := range p {
		if b != '\n' {
			if c.column < len(c.code) {
				c.code[c.column] = b
			}
			c.column++
			continue
		}
		last := c.code[3] != '-'
		c.column = 0
		if last {
			c.reply(string(c.code[:3]), at)
		}
	}
}

// reply takes a whole reply, at the arrival of its last byte.
func (c *conversation) reply(code string, at Time) {
	if !c.welcome {
		c.welcome = true
		c.to.sample(Banner, c.established, at)
		return
	}
	if len(c.waiting) == 0 && c.mode == content && c.cut {
		c.bodyLeft() // the dot line was not captured
	}
	if len(c.waiting) == 0 {
		c.to.strange("reply " + code + " to nothing")
		return
	}
	p := c.waiting[0]
	if p.phase == Auth && code == "334" {
		c.mode = answer
		return
	}
	c.waiting = c.waiting[1:]
	switch {
	case p.group != nil:
		c.answerEnvelope(p, at)
	case p.phase != "":
		c.to.sample(p.phase, p.from, at)
	}
	switch {
	case p.phase == Data && code == "354":
		c.mode, c.dot = content, 2 // the CRLF of DATA counts as that before a dot
	case p.phase == StartTLS && code == "220":
		c.tls = &turns{conversation: c}
	case p.phase == Body:
		c.to.sample(Message, p.message, at)
	case p.phase == Quit:
		c.to.sample(Session, c.dialed, at)
	}
}
