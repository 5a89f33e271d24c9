package smtpsink

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// commands replaces <Postmaster> in the commands of a connection by an address with a
// domain. Every server has this recipient without a domain (RFC 5321, 4.5.1), but go-smtp
// does not parse it. commands finds out by the same rules as a server what is a command and
// what is the content of a message.
type commands struct {
	line    []byte // the beginning of a command whose end has not come
	given   int    // octets of line that were passed on; the others wait for its end
	ready   []byte // what can be passed on, from sent
	sent    int
	skip    int64 // octets of a BDAT chunk that are still to come
	content bool  // DATA was read: content comes until the reply to it
	begun   bool  // some of that content was read
}

const (
	postmaster = "RCPT TO:<POSTMASTER>"
	itsDomain  = "@localhost"
)

// read is the connection's Read, from r.
func (c *commands) read(r io.Reader, p []byte) (int, error) {
	for c.sent == len(c.ready) {
		n, err := r.Read(p)
		if c.content {
			c.begun = c.begun || n > 0
			return n, err
		}
		c.ready, c.sent = c.ready[:0], 0
		c.take(p[:n])
		if err != nil && len(c.ready) == 0 {
			return 0, err // otherwise the next read gets the error again
		}
	}
	n := copy(p, c.ready[c.sent:])
	c.sent += n
	return n, nil
}

// replied notes that the server wrote a reply. The first reply after some content ends it.
func (c *commands) replied() { c.content = c.content && !c.begun }

func (c *commands) take(p []byte) {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n') + 1
		switch {
		case c.content:
			c.ready, c.begun = append(c.ready, p...), true
			return
		case c.skip > 0:
			end = int(min(c.skip, int64(len(p))))
			c.ready = append(c.ready, p[:end]...)
			c.skip -= int64(end)
		case end == 0:
			end = len(p)
			c.line = append(c.line, p...)
			if !isPostmaster(c.line) {
				c.give()
			}
		default:
			c.line = append(c.line, p[:end]...)
			c.command()
		}
		p = p[end:]
	}
}

func (c *commands) give() {
	c.ready = append(c.ready, c.line[c.given:]...)
	c.given = len(c.line)
}

// command passes on a whole line and notes what follows it.
func (c *commands) command() {
	if len(c.line) > len(postmaster) && isPostmaster(c.line) {
		at := len(postmaster) - 1
		c.ready = append(append(append(c.ready, c.line[:at]...), itsDomain...), c.line[at:]...)
	} else {
		c.give()
		verb, args, _ := strings.Cut(string(bytes.TrimSpace(c.line)), " ")
		switch strings.ToUpper(verb) {
		case "DATA":
			c.content, c.begun = true, false
		case "BDAT":
			size, _, _ := strings.Cut(args, " ")
			c.skip, _ = strconv.ParseInt(size, 10, 64) // 0 if wrong, since go-smtp takes no chunk then
		}
	}
	c.line, c.given = c.line[:0], 0
}

// isPostmaster tells whether a line is the command, or the beginning of it.
func isPostmaster(line []byte) bool {
	n := min(len(line), len(postmaster))
	return strings.EqualFold(string(line[:n]), postmaster[:n])
}
