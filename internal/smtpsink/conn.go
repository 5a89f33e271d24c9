package smtpsink

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// A gate is a listener that tells the sink of its connections, so that the sink can count
// and close them.
type gate struct {
	net.Listener
	sink     *Server
	counters *counters
	tls      *tls.Config // for implicit TLS; nil otherwise

	// ready has the connections whose banner was delayed; nil if no banner is.
	ready chan accepted
}

type accepted struct {
	conn net.Conn
	err  error
}

func (g *gate) Accept() (net.Conn, error) {
	if g.ready == nil {
		return g.next()
	}
	select {
	case a := <-g.ready:
		return a.conn, a.err
	case <-g.sink.done:
		return nil, net.ErrClosed
	}
}

func (g *gate) next() (net.Conn, error) {
	raw, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g.counters.connections.Add(1)
	c := &conn{Conn: raw, sink: g.sink, sealed: g.tls != nil}
	g.sink.track(c)
	if g.tls != nil {
		// It must be a *tls.Conn, not something around one: go-smtp knows by that
		// type that the session is secure.
		return tls.Server(c, g.tls), nil
	}
	return c, nil
}

// delayBanners accepts in place of Accept. It passes on a connection when its handshake is
// done and the delay of the banner is over, because go-smtp sends the banner at once.
func (g *gate) delayBanners() {
	var delayed sync.WaitGroup
	defer delayed.Wait()
	for {
		c, err := g.next()
		if err != nil {
			g.hand(accepted{err: err})
			if !isTemporary(err) {
				return
			}
			continue
		}
		delayed.Go(func() {
			if t, ok := c.(*tls.Conn); ok {
				t.SetDeadline(time.Now().Add(g.sink.timeout))
				// go-smtp gets the same error again, and reports it.
				_ = t.Handshake()
			}
			g.sink.wait("banner")
			if !g.hand(accepted{conn: c}) {
				c.Close()
			}
		})
	}
}

func (g *gate) hand(a accepted) bool {
	select {
	case g.ready <- a:
		return true
	case <-g.sink.done:
		return false
	}
}

// isTemporary tells whether an error of accept is one that passes, such as a lack of
// descriptors, and not the end of the listener.
func isTemporary(err error) bool {
	t, ok := err.(interface{ Temporary() bool })
	return ok && t.Temporary()
}

// A conn delays the replies for which go-smtp has no hook, corrects what go-smtp does
// against the RFCs, and tells the sink when it is closed.
type conn struct {
	net.Conn
	sink     *Server
	sealed   bool // TLS has begun, so a conn cannot read commands and replies
	commands commands
	once     sync.Once
	err      error
}

func (c *conn) Read(p []byte) (int, error) {
	if c.sealed {
		return c.Conn.Read(p)
	}
	return c.commands.read(c.Conn, p)
}

// A response to AUTH that is not base64 is a permanent error (RFC 4954, 4).
var (
	noBase64    = []byte("454 4.7.0 Invalid base64 data")
	wrongBase64 = []byte("501 5.5.2 Invalid base64 data")
)

// Write gets one reply line at a time, unless TLS has begun.
func (c *conn) Write(p []byte) (int, error) {
	if c.sealed {
		return c.Conn.Write(p)
	}
	c.commands.replied()
	switch {
	case bytes.HasPrefix(p, []byte("220 2.0.0 ")):
		c.sink.wait("starttls")
		c.sealed = true
	case bytes.HasPrefix(p, []byte("354 ")):
		c.sink.wait("data")
	case bytes.HasPrefix(p, []byte("221 ")):
		c.sink.wait("quit")
	case bytes.HasPrefix(p, noBase64):
		p = append(bytes.Clone(wrongBase64), p[len(noBase64):]...)
	}
	return c.Conn.Write(p)
}

func (c *conn) Close() error {
	c.once.Do(func() {
		c.sink.untrack(c)
		c.err = c.Conn.Close()
	})
	return c.err
}
