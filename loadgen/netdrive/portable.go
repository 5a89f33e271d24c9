package netdrive

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// DialFunc opens a connection for a portable Driver.
type DialFunc func(ctx context.Context, a Addr) (net.Conn, error)

// portable is a Driver made of goroutines: two for each connection, which send the
// loop what happens over a channel. It costs more than epoll and has no kernel
// stamps, but it runs on every platform that Go has, and in virtual time.
type portable struct {
	clock
	dial   DialFunc
	events chan func() // each runs on the loop's goroutine
	wake   chan struct{}
	ctx    context.Context
	stop   context.CancelFunc
	group  sync.WaitGroup
}

// NewPortable makes a Driver that works on any platform. It opens connections by
// dial; nil means package net's Dialer.
func NewPortable(epoch time.Time, dial DialFunc) Driver {
	if dial == nil {
		dial = dialNetwork
	}
	ctx, stop := context.WithCancel(context.Background())
	return &portable{
		clock: newClock(epoch), dial: dial, ctx: ctx, stop: stop,
		events: make(chan func()), wake: make(chan struct{}, 1),
	}
}

func dialNetwork(ctx context.Context, a Addr) (net.Conn, error) {
	if a.Path != "" {
		return new(net.Dialer).DialContext(ctx, "unix", a.Path)
	}
	d := new(net.Dialer)
	if a.Source.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: a.Source.AsSlice(), Zone: a.Source.Zone()}
	}
	return d.DialContext(ctx, "tcp", a.TCP.String())
}

// Dial connects in a goroutine.
func (l *portable) Dial(a Addr, h Handler) Conn {
	ctx, cancel := context.WithCancel(l.ctx)
	c := &portableConn{loop: l, handler: h, ctx: ctx, cancel: cancel, out: make(chan []byte, 1)}
	began := time.Now()
	l.group.Go(func() {
		conn, err := l.connect(ctx, a)
		at, took := time.Now(), time.Since(began)
		if err != nil {
			c.post(func() { c.handler.Broken(err, instant(at)) })
			return
		}
		if !c.post(func() { c.up(conn, instant(at), took) }) {
			_ = conn.Close() // the session gave up in the meantime
		}
	})
	return c
}

func (l *portable) connect(ctx context.Context, a Addr) (net.Conn, error) {
	if err := a.judge(); err != nil {
		return nil, err
	}
	return l.dial(ctx, a)
}

// Wait runs events, or waits for one.
func (l *portable) Wait(until, due time.Duration) {
	_, now := l.Now()
	timer := time.NewTimer(max(0, min(until, due)-now))
	defer timer.Stop()
	select {
	case run := <-l.events:
		l.Now()
		run()
	case <-l.wake:
	case <-timer.C:
	}
}

// Wake makes Wait return.
func (l *portable) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// CPU returns 0: the goroutines have no thread of their own.
func (l *portable) CPU() time.Duration { return 0 }

// RunDelay returns 0 for the same reason.
func (l *portable) RunDelay() time.Duration { return 0 }

// Close waits for the goroutines.
func (l *portable) Close() error {
	l.stop()
	l.group.Wait()
	return nil
}

type portableConn struct {
	loop    *portable
	handler Handler
	ctx     context.Context
	cancel  context.CancelFunc
	conn    net.Conn
	shaking bool // the handshake has the connection
	out     chan []byte
	blocked bool  // the writer has not said yet how the last write went, or never will
	sendErr error // why a write failed; reported when all that arrived has been read
	readErr error // why reading ended; reported when the writer has said how its write went
}

// post runs f on the loop's goroutine, unless the connection is closed before. It
// tells whether f ran.
func (c *portableConn) post(f func()) bool {
	done := make(chan bool, 1)
	run := func() {
		ok := c.ctx.Err() == nil
		if ok {
			f()
		}
		done <- ok
	}
	select {
	case c.loop.events <- run:
		return <-done
	case <-c.ctx.Done():
		return false
	}
}

func (c *portableConn) up(conn net.Conn, at sample.Instant, took time.Duration) {
	c.conn = conn
	c.loop.group.Go(func() {
		<-c.ctx.Done()
		_ = conn.Close() // unblocks the reader and the writer
	})
	c.loop.group.Go(c.write)
	c.handler.Connected(at, took)
	c.startReading()
}

// startReading starts the goroutine that reads, until the loop begins a TLS
// handshake, which starts it again on the secured connection. Nothing must be read
// before implicit TLS.
func (c *portableConn) startReading() {
	if c.ctx.Err() != nil || c.shaking {
		return
	}
	conn := c.conn
	c.loop.group.Go(func() { c.read(conn) })
}

func (c *portableConn) read(conn net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		at := instant(time.Now())
		if n > 0 {
			turned := false
			ok := c.post(func() {
				c.handler.Received(buf[:n], Arrival{At: at})
				turned = c.conn != conn || c.shaking
			})
			if !ok || turned {
				return
			}
		}
		if err != nil {
			c.post(func() { c.ended(err, at) })
			return
		}
	}
}

// Write gives bufs to the writing goroutine, which writes them at once. at is when
// it got them.
func (c *portableConn) Write(bufs [][]byte) (int, sample.Instant) {
	at, _ := c.loop.Now()
	if c.blocked {
		return 0, at
	}
	var all []byte
	for _, b := range bufs {
		all = append(all, b...)
	}
	c.blocked = true
	c.out <- all // does not block: blocked is unset only when the writer has taken the last
	return len(all), at
}

func (c *portableConn) write() {
	for {
		select {
		case p := <-c.out:
			if _, err := c.conn.Write(p); err != nil {
				at := instant(time.Now())
				c.post(func() { c.unsent(err, at) })
				return
			}
			c.post(c.sent)
		case <-c.ctx.Done():
			return
		}
	}
}

// ended handles the end of what arrived. The kernel reports a reset once, to the
// reader or to the writer. So a write under way is cut short, and its outcome
// decides what to report.
func (c *portableConn) ended(err error, at sample.Instant) {
	switch {
	case c.sendErr != nil:
		c.handler.Broken(c.sendErr, at)
	case c.blocked && c.conn.SetWriteDeadline(time.Unix(1, 0)) == nil:
		c.readErr = err
	default:
		c.handler.Broken(err, at)
	}
}

// sent handles a write that went well.
func (c *portableConn) sent() {
	c.blocked = false
	if c.readErr != nil {
		at, _ := c.loop.Now()
		c.handler.Broken(c.readErr, at)
		return
	}
	c.handler.Writable()
}

// unsent handles a write that failed. If the server is gone, the reader will reach
// the end of what arrived before, and report it.
func (c *portableConn) unsent(err error, at sample.Instant) {
	gone := isGone(err)
	switch {
	case c.readErr != nil && !gone: // the writer was cut short
		c.handler.Broken(c.readErr, at)
	case c.readErr == nil && gone:
		c.sendErr = err
	default:
		c.handler.Broken(err, at)
	}
}

// isGone tells whether a write failed because the server has gone.
func isGone(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// StartTLS makes the handshake in a goroutine. Reading goes on when it is done.
func (c *portableConn) StartTLS(config *tls.Config) {
	raw := c.conn
	secured := tls.Client(raw, config)
	c.shaking = true
	from := instant(time.Now())
	c.loop.group.Go(func() {
		err := secured.HandshakeContext(c.ctx)
		to := instant(time.Now())
		c.post(func() {
			c.shaking = false
			if err != nil {
				c.handler.Broken(err, to)
				return
			}
			c.conn = secured
			c.handler.Secured(from, to)
			c.startReading()
		})
	})
}

// TLS returns what the handshake came to.
func (c *portableConn) TLS() tls.ConnectionState { return c.conn.(*tls.Conn).ConnectionState() }

// ReadRecords does nothing: there are no stamps to separate.
func (c *portableConn) ReadRecords() {}

// Close ends the connection and the goroutines that wait for it.
func (c *portableConn) Close() { c.cancel() }

func instant(t time.Time) sample.Instant { return sample.Instant(t.UnixNano()) }
