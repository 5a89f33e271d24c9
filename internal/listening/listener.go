package listening

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// Descriptors is how many descriptors a bound listener takes beside its connections': its
// own, and that of one connection that it is closing.
const Descriptors = 2

// On listens on an address that ParseAddress returned. The error begins with the address
// and says why that cannot be done.
func On(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		var failed *net.OpError
		if errors.As(err, &failed) {
			err = failed.Err // the message has the address
		}
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return l, nil
}

// URL is the root of what is served on a listener: on 127.0.0.1 if that listens on every
// address.
func URL(l net.Listener) string {
	a := l.Addr().(*net.TCPAddr)
	host := a.IP.String()
	if a.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(a.Port)) + "/"
}

// A boundListener closes connections if there are too many.
type boundListener struct {
	net.Listener
	slots chan struct{} // as many values as there are connections
}

// Bound returns a listener that has so many connections open at a time, and closes any
// further one at once.
func Bound(l net.Listener, most int) net.Listener {
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
