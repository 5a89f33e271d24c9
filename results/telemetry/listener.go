package telemetry

import (
	"net"
	"sync"
)

// MaxConnections is how many connections a Server has open at a time; it closes any
// further one at once. Each takes a descriptor from the process that measures, whose
// sessions need them.
const MaxConnections = 32

// Descriptors is how many descriptors a Server takes at most: its listener's, its
// connections', and that of one connection that it is closing.
const Descriptors = MaxConnections + 2

// A boundListener closes connections if there are too many.
type boundListener struct {
	net.Listener
	slots chan struct{} // as many values as there are connections
}

func newBoundListener(l net.Listener, most int) *boundListener {
	return &boundListener{l, make(chan struct{}, most)}
}

// Accept returns the next connection there is room for.
func (l *boundListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case l.slots <- struct{}{}:
			return &boundConn{Conn: c, leave: sync.OnceFunc(func() { <-l.slots })}, nil
		default:
			_ = c.Close() // nothing was said on it
		}
	}
}

// A boundConn gives its place back when it is closed.
type boundConn struct {
	net.Conn
	leave func()
}

// Close closes the connection. Its place is free before the other end can know.
func (c *boundConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// CloseWrite ends what is sent and still reads, if the connection can do that: so the
// server's refusals arrive.
func (c *boundConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
