package labserver

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// maxLine bounds a command line, and is the size of a connection's two buffers. It is small,
// because ten thousand connections may be open at once.
const maxLine = 1024

// A dialogue is one connection.
type dialogue struct {
	server  *Server
	conn    net.Conn
	in      *bufio.Reader
	out     *bufio.Writer
	secured bool
	seq     int64 // of the transaction under way, or -1
}

// errOver ends a dialogue after QUIT.
var errOver = errors.New("over")

// run serves the connection to its end. It does not say why it ended; the client does.
func (d *dialogue) run(conn net.Conn) {
	d.conn = conn
	if d.server.config.Mode == sample.TLSImplicit {
		if err := d.secure(); err != nil {
			return
		}
	}
	d.buffer()
	if d.reply("banner", "220 lab.example.test ESMTP\r\n") != nil {
		return
	}
	for {
		// Pipelined commands are answered in one write, when there is nothing
		// left to read without waiting (RFC 2920, section 3.2).
		if d.in.Buffered() == 0 && d.out.Flush() != nil {
			return
		}
		line, err := d.in.ReadSlice('\n')
		if err != nil {
			return
		}
		if d.command(string(bytes.TrimRight(line, "\r\n"))) != nil {
			d.out.Flush()
			d.conn.Close() // under TLS, with a close_notify
			return
		}
	}
}

func (d *dialogue) buffer() {
	d.in = bufio.NewReaderSize(d.conn, maxLine)
	d.out = bufio.NewWriterSize(d.conn, maxLine)
}

// secure makes the handshake, and the dialogue goes on under TLS.
func (d *dialogue) secure() error {
	c := tls.Server(d.conn, d.server.config.TLS)
	if err := c.Handshake(); err != nil {
		return err
	}
	d.server.handshakes.Add(1)
	if c.ConnectionState().DidResume {
		d.server.resumed.Add(1)
	}
	d.conn, d.secured = c, true
	return nil
}

// reply writes a reply after its delay. Earlier replies do not wait for that.
func (d *dialogue) reply(verb, text string) error {
	if f := d.server.config.Delay; f != nil {
		if wait := f(verb, d.seq); wait > 0 {
			if err := d.out.Flush(); err != nil {
				return err
			}
			sleep(wait)
		}
	}
	_, err := d.out.WriteString(text)
	return err
}

func (d *dialogue) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	verb = strings.ToLower(verb)
	switch verb {
	case "ehlo", "lhlo":
		offer := "250-lab.example.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
		if d.server.config.Mode == sample.TLSStart && !d.secured {
			offer += "250-STARTTLS\r\n"
		}
		if d.server.proofs != nil {
			offer += "250-AUTH SCRAM-SHA-256\r\n"
		}
		return d.reply(verb, offer+"250 SIZE 104857600\r\n")
	case "auth":
		return d.authenticate(rest)
	case "starttls":
		return d.starttls()
	case "mail":
		d.seq = Sequence(rest)
		return d.reply(verb, "250 2.1.0 Ok\r\n")
	case "rcpt":
		return d.reply(verb, "250 2.1.5 Ok\r\n")
	case "data":
		return d.data()
	case "helo", "rset", "noop":
		d.seq = -1
		return d.reply(verb, "250 2.0.0 Ok\r\n")
	case "quit":
		d.server.quits.Add(1)
		d.reply(verb, "221 2.0.0 Bye\r\n") // over in any case
		return errOver
	case "get":
		return errOver // "openssl s_time -www" reads until we close
	}
	return d.reply(verb, "500 5.5.2 Error: command not recognized\r\n")
}

func (d *dialogue) starttls() error {
	if d.server.config.Mode != sample.TLSStart || d.secured {
		return d.reply("starttls", "503 5.5.1 Error: TLS is not on offer\r\n")
	}
	if err := d.reply("starttls", "220 2.0.0 Ready\r\n"); err != nil {
		return err
	}
	if err := d.out.Flush(); err != nil {
		return err
	}
	if err := d.secure(); err != nil {
		return err
	}
	d.buffer()
	return nil
}

func (d *dialogue) data() error {
	if err := d.reply("data", "354 Go ahead\r\n"); err != nil {
		return err
	}
	if err := d.out.Flush(); err != nil {
		return err
	}
	// The dot counts only if it is alone on its line. A line may be longer than the
	// buffer: whole says that a line begins here.
	for whole := true; ; {
		line, err := d.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if whole && string(line) == ".\r\n" {
			break
		}
		whole = err == nil
		d.server.bytes.Add(int64(len(line)))
	}
	d.server.messages.Add(1)
	err := d.reply("body", "250 2.0.0 Ok\r\n")
	d.seq = -1
	return err
}
