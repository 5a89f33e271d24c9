package netdrive

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Driver moves the bytes of many connections.
type Driver interface {
	// Now reads both clocks: the wall clock, and the monotonic time since the
	// Driver's epoch. Schedules and time limits use the monotonic time, so
	// that a step of the wall clock does not move them.
	Now() (wall sample.Instant, mono time.Duration)
	// Recent returns the last reading of Now, or the one made for the last
	// event, whichever is later.
	Recent() (wall sample.Instant, mono time.Duration)
	// Dial begins a connection. Its outcome comes as a call of h.Connected or
	// h.Broken, never before Dial returns.
	Dial(a Addr, h Handler) Conn
	// Wait handles what has happened, or waits until something happens. It
	// returns at the earlier of two times since the epoch: until, and due, at
	// which something has to begin. It tries not to be late for due: it may
	// spend the last moment awake, and handles nothing more before it returns.
	Wait(until, due time.Duration)
	// Wake makes a Wait under way return. It may be called from any goroutine.
	Wake()
	// CPU returns the processor time that the driver's thread has used, less
	// what it spent waiting awake; 0 if that is not known.
	CPU() time.Duration
	// RunDelay returns how long the driver's thread has been ready to run and
	// had to wait for a processor; 0 if that is not known.
	RunDelay() time.Duration
	// Close releases the driver. Its connections must be closed before.
	Close() error
}

// An Addr says where to connect to, and from where.
type Addr struct {
	Path   string         // of a Unix socket; "" for TCP
	TCP    netip.AddrPort // used if Path is ""
	Source netip.Addr     // local address to bind; the zero value leaves it to the kernel

	// Plain says that the connection never begins TLS. A Driver may read many such
	// connections at once.
	Plain bool

	// Permitted says that TCP may be connected to although it is not Local.
	// Without it every Driver refuses such an address with a *StrangerError.
	Permitted bool
}

// String returns the address as net.Dial would take it.
func (a Addr) String() string {
	if a.Path != "" {
		return a.Path
	}
	return a.TCP.String()
}

// A Conn is one connection of a Driver.
type Conn interface {
	// Write writes what it can of bufs, and returns how many bytes that was
	// and when the write began. 0 bytes means that none can be taken now. The
	// driver then calls Handler.Writable when it is time to try again. If the
	// connection is broken it calls Handler.Broken instead, after Received has
	// brought what arrived before: a server that hangs up in the middle of a
	// message first says why.
	Write(bufs [][]byte) (n int, at sample.Instant)
	// StartTLS begins the handshake. The driver calls Handler.Secured at its
	// end.
	StartTLS(c *tls.Config)
	// TLS returns what the handshake came to. It is called after
	// Handler.Secured.
	TLS() tls.ConnectionState
	// ReadRecords makes the connection read one TLS record at a time from now
	// on. It is for the last reply: an alert that follows would otherwise be
	// read together with it, and the reply would get the alert's later stamp.
	ReadRecords()
	// Close ends the connection. The driver calls the Handler no more.
	Close()
}

// A Handler takes what happens on a connection.
type Handler interface {
	// Connected says that the connection is established, when that was, and
	// how long the connect took.
	Connected(at sample.Instant, took time.Duration)
	// Secured says that the TLS handshake is done, when it began and when it
	// ended.
	Secured(from, to sample.Instant)
	// Received brings bytes and says when they arrived. p is valid during the
	// call only.
	Received(p []byte, at Arrival)
	// Writable says that a Write which took nothing may be tried again.
	Writable()
	// Broken says that the connection cannot go on, and why: io.EOF if the
	// server closed it. The Handler still has to Close the connection.
	Broken(err error, at sample.Instant)
}

// An Arrival says when bytes arrived.
type Arrival struct {
	At      sample.Instant // the kernel's stamp, or the user clock's time if there was no stamp
	Stamped bool           // At is the kernel's stamp
	Delay   time.Duration  // from the stamp to the user clock's time after the read; 0 if not Stamped
}

// Resolve looks up the addresses of a host and returns them in the order in which
// they should be tried. network is "ip", "ip4" or "ip6". An address in place of
// the host's name is returned as it is, without a look-up.
func Resolve(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, err
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, nil
}
