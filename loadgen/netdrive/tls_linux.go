package netdrive

import (
	"crypto/tls"
	"errors"
	"iter"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// maxRecord is the most plaintext one TLS record holds (RFC 8446, 5.1).
const maxRecord = 16 << 10

// A tlsState runs crypto/tls, which wants a connection that blocks, on a loop that
// must not block.
//
// During the handshake crypto/tls runs in a coroutine. If it reads and the socket
// is empty, the coroutine yields to the loop. The thread stays the same and Go's
// scheduler is not involved. After the handshake, reading an empty socket is a
// temporary error. crypto/tls returns it and forgets it, so a later read goes on
// and returns records when they are whole. Writing never blocks: ciphertext that
// the socket does not take is kept.
type tlsState struct {
	conn *epollConn
	tls  *tls.Conn
	done bool // handshake completed

	resume func() (struct{}, bool) // runs the handshake until it needs bytes
	stop   func()
	yield  func(struct{}) bool
	err    error // of the handshake

	in      []byte // received and not yet taken by crypto/tls; valid within received
	readErr error  // of the read after in

	out        []byte // ciphertext that the socket did not take
	unreported int    // plaintext bytes that out is made of; Write reports them when out has left

	record recordReader

	firstWrite, lastWrite, lastRead sample.Instant
}

// A recordReader says how much to read so that no read goes beyond the end of a
// TLS record (RFC 8446, 5.1): first the header, then as much as the header says.
type recordReader struct {
	header [5]byte
	have   int // octets of the header that have been read
	left   int // octets of the record after it that have not
}

// next returns how many octets to read.
func (r *recordReader) next() int {
	if r.left > 0 {
		return r.left
	}
	return len(r.header) - r.have
}

// took notes what was read.
func (r *recordReader) took(p []byte) {
	if r.left > 0 {
		r.left -= len(p)
		return
	}
	r.have += copy(r.header[r.have:], p)
	if r.have == len(r.header) {
		r.have, r.left = 0, int(r.header[3])<<8|int(r.header[4])
	}
}

// errWouldBlock is what crypto/tls gets if the socket is empty. It has to be a
// temporary net.Error: crypto/tls gives up a connection after any other.
var errWouldBlock net.Error = wouldBlock{}

type wouldBlock struct{}

func (wouldBlock) Error() string   { return "no bytes yet" }
func (wouldBlock) Timeout() bool   { return false }
func (wouldBlock) Temporary() bool { return true }

// StartTLS begins the handshake.
func (c *epollConn) StartTLS(config *tls.Config) {
	t := &tlsState{conn: c}
	t.tls = tls.Client(t, config)
	c.tls = t
	t.resume, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.yield = yield
		t.err = t.tls.Handshake()
	})
	t.step()
}

// TLS returns what the handshake came to.
func (c *epollConn) TLS() tls.ConnectionState { return c.tls.tls.ConnectionState() }

// step runs the handshake as far as it goes.
func (t *tlsState) step() {
	if _, more := t.resume(); more {
		return
	}
	t.resume, t.stop, t.yield = nil, nil, nil
	wall, _ := t.conn.loop.Recent()
	if t.err != nil {
		t.conn.handler.Broken(t.err, wall)
		return
	}
	t.done = true
	// The last flight ends the handshake: it is ours in TLS 1.3, and the
	// server's in TLS 1.2.
	t.conn.handler.Secured(t.firstWrite, max(t.lastWrite, t.lastRead))
}

// received takes ciphertext from the loop.
func (t *tlsState) received(p []byte, at Arrival) {
	t.in, t.lastRead = p, at.At
	if !t.done {
		t.step()
	}
	if t.done && !t.conn.closed {
		t.decrypt(at)
	}
	t.in = nil
}

// fail ends a handshake whose connection broke.
func (t *tlsState) fail(err error) {
	t.readErr = err
	if t.resume != nil {
		t.step()
	}
}

// decrypt gives the Handler the plaintext of the records that are whole.
func (t *tlsState) decrypt(at Arrival) {
	if t.conn.loop.plain == nil {
		t.conn.loop.plain = make([]byte, maxRecord)
	}
	for !t.conn.closed {
		n, err := t.tls.Read(t.conn.loop.plain)
		if n > 0 {
			t.conn.handler.Received(t.conn.loop.plain[:n], at)
		}
		if errors.Is(err, errWouldBlock) || t.conn.closed {
			return
		}
		if err != nil {
			wall, _ := t.conn.loop.Recent()
			t.conn.handler.Broken(err, wall)
			return
		}
	}
}

// write encrypts and writes one record of bufs. It does not count bytes as written
// while their ciphertext is kept: they have not left.
func (t *tlsState) write(bufs [][]byte) (int, sample.Instant) {
	if t.conn.sendErr != nil {
		return 0, t.lastWrite
	}
	if t.unreported > 0 {
		if len(t.out) > 0 {
			return 0, t.lastWrite
		}
		n := t.unreported
		t.unreported = 0
		return n, t.lastWrite
	}
	p := gather(&t.conn.loop.plain, bufs)
	if _, err := t.tls.Write(p); err != nil {
		t.conn.unsent(err)
	}
	switch {
	case t.conn.sendErr != nil:
		return 0, t.lastWrite
	case len(t.out) > 0:
		t.unreported = len(p)
		return 0, t.lastWrite
	}
	return len(p), t.lastWrite
}

// gather returns the plaintext of one record: small buffers together, or the
// beginning of a large one.
func gather(scratch *[]byte, bufs [][]byte) []byte {
	if len(bufs) == 1 || len(bufs[0]) >= maxRecord {
		return bufs[0][:min(len(bufs[0]), maxRecord)]
	}
	if *scratch == nil {
		*scratch = make([]byte, maxRecord)
	}
	n := 0
	for _, b := range bufs {
		n += copy((*scratch)[n:], b)
	}
	return (*scratch)[:n]
}

// flush writes ciphertext that was kept, and tells whether all of it has left.
func (t *tlsState) flush() bool {
	for len(t.out) > 0 {
		t.lastWrite, _ = t.conn.loop.Now()
		n, err := t.conn.send([][]byte{t.out})
		if err != nil {
			t.conn.unsent(err)
			return false
		}
		t.out = t.out[n:]
	}
	t.out = nil
	return true
}

// close ends a handshake under way. After a handshake it sends a close_notify, if
// the server is still there to receive it.
func (t *tlsState) close() {
	if t.stop != nil {
		t.stop()
		return
	}
	if t.done && !t.conn.eof && t.conn.sendErr == nil && len(t.out) == 0 {
		_ = t.tls.CloseWrite() // the session is over, so an error changes nothing
	}
}

// The other methods make it the net.Conn that crypto/tls reads and writes.

// Read returns what the loop received.
func (t *tlsState) Read(p []byte) (int, error) {
	for len(t.in) == 0 {
		if t.readErr != nil {
			return 0, t.readErr
		}
		if t.done {
			return 0, errWouldBlock
		}
		if !t.yield(struct{}{}) {
			return 0, net.ErrClosed
		}
	}
	n := copy(p, t.in)
	t.in = t.in[n:]
	return n, nil
}

// Write writes to the socket and keeps what the socket does not take. It hides an
// error from crypto/tls, which would not read any more after one: an alert that
// says why the server hung up may have arrived.
func (t *tlsState) Write(p []byte) (int, error) {
	if t.conn.sendErr != nil {
		return len(p), nil
	}
	if len(t.out) > 0 {
		t.out = append(t.out, p...)
		return len(p), nil
	}
	t.lastWrite, _ = t.conn.loop.Now()
	if t.firstWrite == 0 {
		t.firstWrite = t.lastWrite
	}
	n, err := t.conn.send([][]byte{p})
	if n < len(p) {
		t.out = append(t.out, p[n:]...)
		if err == nil {
			err = unix.EAGAIN // the socket took a part, so it is full now
		}
		t.conn.unsent(err)
	}
	return len(p), nil
}

// Close does nothing: the loop closes the socket.
func (t *tlsState) Close() error { return nil }

// crypto/tls does not ask for addresses, and the loop keeps the time limits.
func (t *tlsState) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (t *tlsState) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (t *tlsState) SetDeadline(time.Time) error      { return nil }
func (t *tlsState) SetReadDeadline(time.Time) error  { return nil }
func (t *tlsState) SetWriteDeadline(time.Time) error { return nil }
