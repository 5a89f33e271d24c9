// Package netdrive moves a session's bytes and says when they left and
// arrived. It knows nothing of SMTP.
//
// A Driver belongs to one goroutine, which calls Wait in a loop; everything a
// connection has to tell comes as calls to its Handler from inside Wait (or
// from inside the Conn method that caused it). So what is built on top is
// single-threaded, without locks.
//
// On Linux a Driver is one epoll loop on a locked thread, for plain and TLS
// connections alike: the handshake runs in a coroutine that the loop resumes
// when bytes arrive, and after it crypto/tls is fed without blocking. Arrival
// times are the kernel's receive stamps. Elsewhere, and in tests in virtual
// time, goroutines move the bytes and the arrival times are the user clock's.
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
	// Now reads the clock: the wall clock, and the monotonic time since the
	// Driver's epoch. Schedules and time limits go by the latter, so that a
	// step of the wall clock moves neither.
	Now() (wall sample.Instant, mono time.Duration)
	// Recent is the last reading of Now, or the one behind the last event.
	Recent() (wall sample.Instant, mono time.Duration)
	// Dial begins a connection. The outcome comes to h as Connected or Broken,
	// never before Dial returns.
	Dial(a Addr, h Handler) Conn
	// Wait handles what has happened, and where nothing has, waits for it. It
	// returns at the earlier of two times since the epoch: until, and due, at
	// which something has to begin. It does its best not to be late for the
	// latter: it may wait for it awake, and does not handle more before it.
	Wait(until, due time.Duration)
	// Wake makes a Wait under way return. It may be called from any goroutine.
	Wake()
	// CPU is the processor time the driver's thread has used, but for what it
	// waited awake, and 0 where that is not known.
	CPU() time.Duration
	// RunDelay is how long the driver's thread has been ready to run and had
	// to wait for a processor, 0 where that is not known.
	RunDelay() time.Duration
	// Close releases the driver. Its connections must have been closed.
	Close() error
}

// An Addr is where to connect to, and from where.
type Addr struct {
	Path   string         // of a Unix socket; otherwise
	TCP    netip.AddrPort // the address
	Source netip.Addr     // local address to bind; the zero value leaves it to the kernel

	// Permitted says that TCP may be connected to though it is not Local. Every
	// Driver refuses to dial anything else, with a *StrangerError.
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
	// Write writes what it can of bufs, and says how many bytes that was and
	// when the write began. 0 bytes means that none can be taken now:
	// Handler.Writable tells when to try again. Where there is no again,
	// Handler.Broken says why, after Received has brought what came before:
	// servers that hang up in the middle of a message say why first.
	Write(bufs [][]byte) (n int, at sample.Instant)
	// StartTLS begins the handshake, whose end comes as Handler.Secured.
	StartTLS(c *tls.Config)
	// Single has what arrives from now on read a TLS record at a time. It is for
	// the last reply: the alert that follows it would be read with it, and lend
	// it the later stamp.
	Single()
	// Close ends the connection; the Handler hears no more of it.
	Close()
}

// A Handler takes what happens on a connection.
type Handler interface {
	// Connected says when the connection was established and how long the
	// connect took.
	Connected(at sample.Instant, took time.Duration)
	// Secured says that the handshake is done, and from when to when it took.
	Secured(from, to sample.Instant)
	// Received brings bytes that arrived at a time; p is valid during the call.
	Received(p []byte, at Arrival)
	// Writable says that a Write which took nothing may be tried again.
	Writable()
	// Broken says that the connection cannot go on: io.EOF where the server
	// closed it. The Handler still has to Close it.
	Broken(err error, at sample.Instant)
}

// An Arrival says when bytes arrived.
type Arrival struct {
	At      sample.Instant // the kernel's stamp, or the user clock where there was none
	Stamped bool           // whether At is the kernel's
	Delay   time.Duration  // from the stamp to the user clock after the read, 0 if not Stamped
}

// Resolve looks up the addresses of a host, in the order they should be tried.
// Literal addresses need no look-up.
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
