package smtpsink

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// commands makes an address of <Postmaster> among the commands of a connection,
// the recipient that every server has without a domain (RFC 5321, 4.5.1) and
// that go-smtp has no syntax for. It tells commands from content by what the
// server has to tell them by, too.
type commands struct {
	line    []byte // read of a command whose end has not come
	given   int    // octets of line given on; the others wait for its end
	ready   []byte // to be given on, from sent
	sent    int
	skip    int64 // octets of a BDAT chunk that are to come
	content bool  // DATA was read: content until a reply to it
	begun   bool  // some of that content was read
}

const (
	postmaster = "RCPT TO:<POSTMASTER>"
	itsDomain  = "@localhost"
)

// read reads from r as a connection's Read does.
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
			return 0, err // where there is something to give on, it is met again
		}
	}
	n := copy(p, c.ready[c.sent:])
	c.sent += n
	return n, nil
}

// replied notes that the server wrote a reply. The first one after content was
// read is the end of it.
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

// command gives a whole line on and notes what follows it.
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
			c.skip, _ = strconv.ParseInt(size, 10, 64) // where it is none, go-smtp takes none
		}
	}
	c.line, c.given = c.line[:0], 0
}

// isPostmaster tells whether a line is the command, as far as both go.
func isPostmaster(line []byte) bool {
	n := min(len(line), len(postmaster))
	return strings.EqualFold(string(line[:n]), postmaster[:n])
}
