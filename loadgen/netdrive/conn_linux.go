package netdrive

import (
	"io"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// epollConn is one connection.
type epollConn struct {
	loop    *epoll
	handler Handler
	tls     *tlsState // nil while plain
	dialErr error
	sendErr error          // why a write failed: told once all that arrived is read
	path    string         // of a Unix socket that is asked again
	began   sample.Instant // of connect
	took    time.Duration  // connect, once up
	fd      int
	mss     int // octets a segment holds
	gen     uint32
	up      bool // connected
	roomy   bool // watched for room to write
	hasty   bool // Nagle's algorithm is off
	waiting bool // something was written, and nothing arrived since
	closed  bool
	stuck   bool // a Write took nothing
	eof     bool // the server has closed its side
	single  bool // TLS records are read one by one
}

// ready handles one event.
func (c *epollConn) ready(events uint32) {
	if c.dialErr != nil {
		return // told by tellDialed
	}
	if !c.up && !c.connect(events) {
		return
	}
	if c.closed {
		return
	}
	// What has arrived comes first: it may say that nothing more is wanted.
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		c.readable(events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0)
	}
	if events&unix.EPOLLOUT != 0 && c.stuck && !c.closed {
		c.writable()
	}
}

// connect looks at an event of a connection that is not up, and tells whether
// it is now.
func (c *epollConn) connect(events uint32) bool {
	if events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) == 0 {
		return false
	}
	wall, _ := c.loop.Now()
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		if err := connectError(c.fd); err == unix.ECONNRESET || err == unix.EPIPE {
			// A SYN is refused. What is reset stood: what it brought is to be
			// read, and nothing more to be written.
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
	c.handler.Connected(c.began.Add(c.took), c.took)
	return true
}

// connected takes down how the connection came about: what the kernel said of
// it last, and otherwise the clock.
func (c *epollConn) connected() {
	c.up = true
	c.mss = int(c.loop.info.info.Snd_mss)
	since := max(0, c.loop.wall.Sub(c.began))
	if c.took = c.loop.info.roundTrip(); c.took == 0 || c.took > since {
		c.took = since
	}
}

// writable goes on with what a Write could not take.
func (c *epollConn) writable() {
	c.loop.Now()
	if c.tls != nil && !c.tls.flush() || c.sendErr != nil {
		return
	}
	c.stuck = false
	c.handler.Writable()
}

// readable reads what is there. A read that fills less than the buffer has
// emptied the socket, unless the end of the stream is next (drain): the edge
// that announced it will not come again. A socket that could not be written to
// is done for once it is empty.
func (c *epollConn) readable(drain bool) {
	for !c.closed {
		limit := len(c.loop.receiver.data)
		if c.single && c.tls != nil {
			limit = c.tls.record.next()
		}
		p, stamp, err := c.loop.receiver.receive(c.fd, limit)
		if err == unix.EAGAIN && c.sendErr == nil {
			return
		}
		c.waiting = false
		wall, _ := c.loop.Now()
		if err == nil && len(p) == 0 {
			c.eof, err = true, io.EOF
		}
		if err != nil {
			if c.sendErr != nil {
				err = c.sendErr
			}
			c.broken(err, wall)
			return
		}
		at := Arrival{At: wall}
		if stamp != 0 {
			at = Arrival{At: stamp, Stamped: true, Delay: max(0, wall.Sub(stamp))}
		}
		full := len(p) == limit
		if c.tls != nil {
			if c.single {
				c.tls.record.took(p)
			}
			c.tls.received(p, at)
		} else {
			c.loop.fresh = true
			c.handler.Received(p, at)
			c.loop.fresh = false
		}
		if !full && !drain {
			return
		}
	}
}

func (c *epollConn) broken(err error, at sample.Instant) {
	if c.tls != nil && !c.tls.done {
		c.tls.fail(err) // the handshake has to hear of it, to end its coroutine
		return
	}
	c.handler.Broken(err, at)
}

// Write writes plain bytes at once, and through TLS otherwise. The answer to
// what was just received leaves within a microsecond of the reading of the
// clock that was made for it, so that one is taken again.
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

// unsent takes a write that failed: to be tried again when there is room, and
// otherwise to be told. The kernel keeps what arrived before a reset, and a
// server that resets a connection has often said why.
func (c *epollConn) unsent(err error) {
	if err == unix.EAGAIN {
		if err = c.waitForRoom(); err == nil {
			return
		}
	}
	if c.sendErr == nil {
		c.sendErr = err
		c.loop.unsent = append(c.loop.unsent, c)
	}
}

// send writes to the socket. Nagle's algorithm holds back less than a segment
// while something is on its way (RFC 9293, section 3.7.4). It is turned off
// before the first write that this could befall, which most sessions never
// make.
func (c *epollConn) send(bufs [][]byte) (int, error) {
	if !c.hasty && c.mss > 0 && (c.waiting || length(bufs) > c.mss) {
		if err := c.loop.opener.hasten(c.fd); err != nil {
			return 0, err
		}
		c.hasty = true
	}
	c.waiting = true
	return c.loop.sender.send(c.fd, bufs)
}

// waitForRoom has Writable called when the socket takes bytes again.
func (c *epollConn) waitForRoom() error {
	c.stuck = true
	if c.roomy {
		return nil
	}
	c.roomy = true
	return c.loop.opener.watch(c.loop.fd, unix.EPOLL_CTL_MOD, c.fd, c.gen, unix.EPOLLOUT)
}

// Single reads TLS records one by one from now on.
func (c *epollConn) Single() { c.single = true }

// Close closes the socket, after TLS's close_notify where there is TLS.
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
		closeSocket(c.fd)
	}
}
