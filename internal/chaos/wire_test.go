package chaos

import (
	"bytes"
	"errors"
	"io"
	"net"
)

// errCut is the error of a session that the plan has cut.
var errCut = errors.New("cut off by the plan")

// A wire is a connection below SMTP and TLS. It counts the octets in both directions, and
// carries out the plan's faults at octets.
type wire struct {
	*net.TCPConn
	plan    *plan
	over    <-chan struct{} // closed when the server ends
	spoil   func()          // called before octets leave that the server does not mean
	yeses   *yesCounter     // gets what leaves in the clear; nil under TLS
	in, out int
}

// Write writes p as far as the plan lets it.
func (w *wire) Write(p []byte) (int, error) {
	done := 0
	for _, f := range w.plan.faults {
		if kinds[f.kind].place != atOctetOut || f.octet < w.out || f.octet >= w.out+len(p)-done {
			continue
		}
		n := f.octet - w.out
		if err := w.pass(p[done : done+n]); err != nil {
			return done, err
		}
		done += n
		switch f.kind {
		case flipOut:
			w.spoil()
			p = bytes.Clone(p) // it is the caller's
			p[done] ^= 1 << (f.form % 8)
		case insertOut:
			w.spoil()
			if err := w.say(garbage(f.form)); err != nil {
				return done, err
			}
		default:
			return done, w.cut(f.kind)
		}
	}
	if err := w.pass(p[done:]); err != nil {
		return done, err
	}
	return len(p), nil
}

// pass writes octets that count.
func (w *wire) pass(p []byte) error {
	w.out += len(p)
	return w.say(p)
}

// say writes octets that do not count.
func (w *wire) say(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if w.yeses != nil {
		w.yeses.add(p)
	}
	_, err := w.TCPConn.Write(p)
	return err
}

// Read reads as far as the plan lets it.
func (w *wire) Read(p []byte) (int, error) {
	for _, f := range w.plan.faults {
		if kinds[f.kind].place != atOctetIn || f.octet < w.in {
			continue
		}
		if f.octet == w.in {
			return 0, w.cut(f.kind)
		}
		p = p[:min(len(p), f.octet-w.in)]
	}
	n, err := w.TCPConn.Read(p)
	w.in += n
	return n, err
}

// cut ends the connection in the way of a kind. If only our side is closed, or falls silent,
// cut first reads until the client is gone.
func (w *wire) cut(k kind) error {
	switch k {
	case resetOut, resetIn, slam:
		_ = w.SetLinger(0) // so that Close sends RST
	case halfOut, halfIn, half:
		_ = w.CloseWrite()
		_, _ = io.Copy(io.Discard, w.TCPConn)
	case stallOut, stall:
		_, _ = io.Copy(io.Discard, w.TCPConn)
	case frozen:
		<-w.over
	}
	w.Close()
	return errCut
}

// A yesCounter counts the lines that end a positive reply.
type yesCounter struct {
	open bool // lines count
	yes  int
	head [4]byte
	n    int // octets of the line in head
}

func (e *yesCounter) add(p []byte) {
	for _, b := range p {
		if e.n < len(e.head) {
			e.head[e.n] = b
			e.n++
		}
		if b != '\n' {
			continue
		}
		if h := e.head; e.open && e.n >= 4 && h[0] == '2' && h[3] != '-' {
			e.yes++
		}
		e.n = 0
	}
}

// A countingWriter writes to TLS, and counts replies in what it writes.
type countingWriter struct {
	io.Writer
	yeses *yesCounter
}

func (e countingWriter) Write(p []byte) (int, error) {
	e.yeses.add(p)
	return e.Writer.Write(p)
}

// garbage returns octets of no protocol, or of another one.
func garbage(form int) []byte {
	list := [][]byte{
		[]byte("\x00\xff\xfe\r\n\x1b[2J"),
		[]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
		[]byte("\r\n\r\n"),
		[]byte("SSH-2.0-OpenSSH_9.2\r\n"),
		{0x15, 3, 3, 0, 2, 2, 40},             // a TLS alert
		{0x16, 3, 3, 0xff, 0xff, 2, 0, 0, 0},  // the beginning of a record without an end
		{0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 16}, // SSL 2
		bytes.Repeat([]byte{byte(form >> 8)}, 1+form%5000),
		[]byte("250 ok\r\n"),
		[]byte("* OK IMAP4rev1\r\n"),
	}
	return list[form%len(list)]
}
