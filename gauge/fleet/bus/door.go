package bus

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// mostAtDoor is how many connections to an embedded server may not have logged in.
	mostAtDoor = 128
	// logsInWithin is how long each of them may take for it.
	logsInWithin = 5 * time.Second
	// dialsWithin is how long an agent waits for each step of a connection.
	dialsWithin = 2 * time.Second
)

// What a door answers to a login.
const (
	loginTaken   = 'y'
	loginRefused = 'n'
)

// A door is where agents come to the embedded NATS server. That has no listener of its own, so
// nobody reaches it who has not made a TLS handshake and logged in here. A connection for which
// there is no room puts one out at random, among those that have not logged in, of the address
// that has most of them. So agents come in while a stranger holds as many as he can.
type door struct {
	listener net.Listener
	config   *tls.Config
	login    *login
	inside   func() (net.Conn, error) // a connection to the NATS server
	work     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	waiting []net.Conn        // that have not logged in
	in      map[net.Conn]bool // that have
}

// open begins to take connections.
func (d *door) open() {
	d.in = map[net.Conn]bool{}
	d.work.Go(func() {
		for {
			conn, err := d.listener.Accept()
			switch {
			case errors.Is(err, net.ErrClosed):
				return
			case err != nil: // there are no descriptors left, for example
				time.Sleep(50 * time.Millisecond)
			case d.queue(conn):
				d.work.Go(func() { d.attend(conn) })
			default:
				_ = conn.Close() // nothing was sent
			}
		}
	})
}

// queue takes a connection that has not logged in. It is false if there is no more to come in to.
func (d *door) queue(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	if len(d.waiting) >= mostAtDoor {
		i := oneTooMany(d.waiting)
		_ = d.waiting[i].Close() // whoever attends to it sees that
		d.waiting = slices.Delete(d.waiting, i, i+1)
	}
	d.waiting = append(d.waiting, conn)
	return true
}

// oneTooMany is the number of one of the connections of the address that has most of them.
func oneTooMany(list []net.Conn) int {
	of, most := map[string][]int{}, ""
	for i, conn := range list {
		host := hostOf(conn.RemoteAddr())
		if of[host] = append(of[host], i); len(of[host]) > len(of[most]) {
			most = host
		}
	}
	return of[most][rand.N(len(of[most]))]
}

// attend goes with a connection to its end.
func (d *door) attend(conn net.Conn) {
	defer conn.Close()
	guest, err := d.admit(conn)
	if !d.enter(conn, err == nil) {
		return
	}
	if inner, err := d.inside(); err == nil { // otherwise the server has ended
		join(guest, inner)
	}
	d.mu.Lock()
	delete(d.in, conn)
	d.mu.Unlock()
}

// admit takes a login, and answers it.
func (d *door) admit(conn net.Conn) (net.Conn, error) {
	_ = conn.SetDeadline(time.Now().Add(logsInWithin)) // which fails only if it is closed
	guest := tls.Server(conn, d.config)
	has := make([]byte, len(d.login.secret))
	if _, err := io.ReadFull(guest, has); err != nil { // after the handshake
		return nil, err
	}
	right, answer := d.login.isRight(string(has), hostOf(conn.RemoteAddr())), byte(loginRefused)
	if right {
		answer = loginTaken
	}
	if _, err := guest.Write([]byte{answer}); err != nil {
		return nil, err
	}
	if !right {
		return nil, errors.Join(nats.ErrAuthorization, guest.Close())
	}
	return guest, conn.SetDeadline(time.Time{})
}

// enter takes a connection from those that wait, and tells whether it has come in.
func (d *door) enter(conn net.Conn, admitted bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, conn)
	if i < 0 { // it was put out
		return false
	}
	d.waiting = slices.Delete(d.waiting, i, i+1)
	if admitted && !d.closed {
		d.in[conn] = true
		return true
	}
	return false
}

// join passes octets on in both directions until either side ends.
func join(a, b net.Conn) {
	var both sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{a: b, b: a} {
		both.Go(func() {
			_, _ = io.CopyBuffer(to, from, make([]byte, 8<<10)) // either side tells its own user
			_ = from.Close()
			_ = to.Close()
		})
	}
	both.Wait()
}

// close takes no more connections, and waits for the end of those that are there. The NATS
// server has to have ended by then.
func (d *door) close() {
	d.mu.Lock()
	d.closed = true
	_ = d.listener.Close() // nothing can be done about it
	for _, conn := range d.waiting {
		_ = conn.Close() // nothing was sent
	}
	for conn := range d.in { // what was sent before goes out
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	}
	d.mu.Unlock()
	d.work.Wait()
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// A dialer is an agent's way to a door: it connects and logs in.
type dialer struct {
	config *tls.Config
	login  string
}

// Dial implements nats.CustomDialer.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	conn, err := net.DialTimeout(network, address, dialsWithin)
	if err != nil {
		return nil, err
	}
	in, err := d.enter(conn)
	if err != nil {
		_ = conn.Close() // the error says it all
		return nil, err
	}
	return in, nil
}

// enter logs in over a connection.
func (d *dialer) enter(conn net.Conn) (net.Conn, error) {
	_ = conn.SetDeadline(time.Now().Add(dialsWithin)) // which fails only if it is closed
	in := tls.Client(conn, d.config)
	if err := in.Handshake(); err != nil {
		if timeout := (net.Error)(nil); ended(err) || errors.As(err, &timeout) && timeout.Timeout() {
			return nil, err // it may be no TLS at all
		}
		return nil, fmt.Errorf("%w: %w", nats.ErrTLS, err)
	}
	answer := make([]byte, 1)
	if _, err := in.Write([]byte(d.login)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(in, answer); err != nil {
		return nil, err
	}
	switch answer[0] {
	case loginTaken:
		return in, conn.SetDeadline(time.Time{})
	case loginRefused:
		return nil, nats.ErrAuthorization
	}
	return nil, nats.ErrNoInfoReceived // what listens there is another program
}
