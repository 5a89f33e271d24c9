package netdrive

import (
	"io"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An epollConn is one connection.
type epollConn struct {
	loop      *epoll
	handler   Handler
	tls       *tlsState // nil while plain
	dialErr   error
	sendErr   error          // why a write failed; reported when all that arrived has been read
	path      string         // of a Unix socket whose connect is tried again
	began     sample.Instant // when connect was called
	took      time.Duration  // how long connect took, once up
	fd        int
	mss       int // octets a segment holds
	gen       uint32
	place     uint32 // of the ring's last order to read from it
	up        bool   // connected
	wantsRoom bool   // epoll reports room to write
	noDelay   bool   // Nagle's algorithm is off
	waiting   bool   // something was written, and nothing arrived since
	plain     bool   // it never begins TLS, and there is a ring
	ringed    bool   // the ring reads from it, and epoll reports room to write at most
	ends      bool   // the ring reads no more from it
	closed    bool
	stuck     bool // a Write took nothing
	eof       bool // the server has closed its side
	byRecord  bool // TLS records are read one by one
}

// handle handles one event.
func (c *epollConn) handle(events uint32) {
	if c.dialErr != nil {
		return // reportDialed reports it
	}
	if !c.up && !c.connect(events) {
		return
	}
	if c.closed {
		return
	}
	if c.ringed {
		events &= unix.EPOLLOUT
	}
	// What has arrived comes first: the server may have said that it wants
	// nothing more.
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		extent := untilEmpty
		if events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0 {
			extent = untilEnd
		}
		c.read(extent)
	}
	if events&unix.EPOLLOUT != 0 && c.stuck && !c.closed {
		c.writable()
	}
}

// connect handles an event of a connection that is not up, and tells whether it
// is up now.
func (c *epollConn) connect(events uint32) bool {
	if events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) == 0 {
		return false
	}
	wall, _ := c.loop.Now()
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		if err := connectError(c.fd); err == unix.ECONNRESET || err == unix.EPIPE {
			// A refused SYN gives another error. This connection was up and
			// has been reset: what arrived on it is still to be read, but
			// nothing can be written any more.
			c.sendErr = err
		} else if err != nil {
			c.handler.Broken(err, wall)
			return false
		}
	}
	if !c.loop.info.read(c.fd) {
		c.loop.info = tcpInfo{} // not TCP
	}
	c.connected()
	if c.sendErr == nil {
		c.loop.readByRing(c, true)
	}
	c.handler.Connected(c.began.Add(c.took), c.took)
	return true
}

// connected notes how long the connect took: the kernel's figure from the last
// tcpInfo if there is one, and the clock's otherwise.
func (c *epollConn) connected() {
	c.up = true
	c.mss = int(c.loop.info.info.Snd_mss)
	since := max(0, c.loop.wall.Sub(c.began))
	if c.took = c.loop.info.roundTrip(); c.took == 0 || c.took > since {
		c.took = since
	}
}

// writable goes on with what the last Write could not take.
func (c *epollConn) writable() {
	c.loop.Now()
	if c.tls != nil && !c.tls.flush() || c.sendErr != nil {
		return
	}
	c.stuck = false
	c.handler.Writable()
}

// An extent is how far to read.
type extent bool

const (
	untilEmpty extent = false // until the socket is empty
	untilEnd   extent = true  // also the end of the stream, which epoll does not announce again
)

// read reads what has arrived. A read that does not fill the buffer has emptied
// the socket. A socket that a write failed on is broken when it is empty.
func (c *epollConn) read(to extent) {
	for !c.closed {
		limit := len(c.loop.receiver.data)
		if c.byRecord && c.tls != nil {
			limit = c.tls.record.next()
		}
		p, stamp, err := c.loop.receiver.receive(c.fd, limit)
		if err == unix.EAGAIN && c.sendErr == nil {
			return
		}
		full := len(p) == limit
		if !c.take(p, stamp, err) || !full && to == untilEmpty {
			return
		}
	}
}

// take handles what a read brought, and tells whether the connection goes on.
func (c *epollConn) take(p []byte, stamp sample.Instant, err error) bool {
	c.waiting = false
	wall, _ := c.loop.Now()
	if err == nil && len(p) == 0 {
		c.eof, err = true, io.EOF
	}
	if err != nil {
		// A write to a connection that the ring has read the end of says only that it is
		// broken. What the ring read says why.
		if c.sendErr != nil && (c.sendErr != unix.EPIPE || err == io.EOF || err == unix.EAGAIN) {
			err = c.sendErr
		}
		c.broken(err, wall)
		return false
	}
	at := Arrival{At: wall}
	if stamp != 0 {
		at = Arrival{At: stamp, Stamped: true, Delay: max(0, wall.Sub(stamp))}
	}
	if c.tls != nil {
		if c.byRecord {
			c.tls.record.took(p)
		}
		c.tls.received(p, at)
		return true
	}
	c.loop.fresh = true
	c.handler.Received(p, at)
	c.loop.fresh = false
	return true
}

func (c *epollConn) broken(err error, at sample.Instant) {
	if c.tls != nil && !c.tls.done {
		c.tls.fail(err) // so that the handshake ends its coroutine
		return
	}
	c.handler.Broken(err, at)
}

// Write writes plain bytes at once, and through TLS otherwise. The answer to
// bytes just received leaves within a microsecond of the clock reading made for
// their arrival, so that reading is used again.
func (c *epollConn) Write(bufs [][]byte) (int, sample.Instant) {
	if c.tls != nil {
		return c.tls.write(bufs)
	}
	at, _ := c.loop.Recent()
	if c.sendErr != nil {
		return 0, at
	}
	if !c.loop.fresh {
		at, _ = c.loop.Now()
	}
	c.loop.fresh = false
	n, err := c.send(bufs)
	if err != nil {
		c.unsent(err)
		return 0, at
	}
	return n, at
}

// unsent handles a write that failed. If the socket is full, it is tried again
// when there is room. Any other error is reported from Wait, after what arrived
// before: the kernel keeps what came before a reset, and a server that resets a
// connection has often said why.
func (c *epollConn) unsent(err error) {
	if err == unix.EAGAIN {
		if err = c.waitForRoom(); err == nil {
			return
		}
	}
	if c.sendErr != nil {
		return
	}
	c.sendErr = err
	if c.ringed {
		shutSocket(c.fd) // so that the ring comes to the end
		return
	}
	c.loop.unsent = append(c.loop.unsent, c)
}

// send writes to the socket. Nagle's algorithm holds back less than a segment
// while earlier data is not acknowledged (RFC 9293, section 3.7.4). It is turned
// off before the first write that it could hold back. Most sessions never make
// such a write, and save the system call.
func (c *epollConn) send(bufs [][]byte) (int, error) {
	if !c.noDelay && c.mss > 0 && (c.waiting || length(bufs) > c.mss) {
		if err := c.loop.opener.setNoDelay(c.fd); err != nil {
			return 0, err
		}
		c.noDelay = true
	}
	c.waiting = true
	return c.loop.sender.send(c.fd, bufs)
}

// waitForRoom asks epoll to report when the socket takes bytes again.
func (c *epollConn) waitForRoom() error {
	c.stuck = true
	if c.wantsRoom {
		return nil
	}
	c.wantsRoom = true
	if c.ringed {
		return c.loop.opener.watch(c.loop.fd, unix.EPOLL_CTL_ADD, c.fd, c.gen, unix.EPOLLOUT)
	}
	return c.loop.opener.watch(c.loop.fd, unix.EPOLL_CTL_MOD, c.fd, c.gen, arrivals|unix.EPOLLOUT)
}

// ReadRecords makes each read end where a TLS record ends.
func (c *epollConn) ReadRecords() { c.byRecord = true }

// Close closes the socket. Under TLS it sends a close_notify before.
func (c *epollConn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	if c.tls != nil {
		c.tls.close()
	}
	if c.fd >= 0 {
		c.loop.conns[c.fd] = nil
		if c.ringed {
			c.loop.leave(c)
		}
		closeSocket(c.fd)
	}
}
