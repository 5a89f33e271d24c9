package netdrive

import (
	"bytes"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A peer is a Handler that writes out and keeps what it receives.
type peer struct {
	conn    Conn
	tls     *tls.Config // for the handshake once connected; nil for none
	out     []byte      // still to be written
	in      bytes.Buffer
	arrived []Arrival
	took    time.Duration
	up      sample.Instant
	secured bool
	records bool           // to read one TLS record at a time once secured
	from    sample.Instant // of the handshake
	to      sample.Instant
	stalled int // writes that took nothing
	err     error
}

func (p *peer) Connected(at sample.Instant, took time.Duration) {
	p.up, p.took = at, took
	if p.tls != nil {
		p.conn.StartTLS(p.tls)
		return
	}
	p.write()
}

func (p *peer) Secured(from, to sample.Instant) {
	p.secured, p.from, p.to = true, from, to
	if p.records {
		p.conn.ReadRecords()
	}
	p.write()
}

func (p *peer) Received(b []byte, at Arrival) {
	p.in.Write(b)
	p.arrived = append(p.arrived, at)
}

func (p *peer) Writable() { p.write() }

func (p *peer) Broken(err error, _ sample.Instant) {
	if p.err == nil { // a session would have closed the connection
		p.err = err
	}
}

func (p *peer) write() {
	for len(p.out) > 0 {
		n, _ := p.conn.Write([][]byte{p.out[:len(p.out)/2], p.out[len(p.out)/2:]})
		if n == 0 {
			p.stalled++
			return
		}
		p.out = p.out[n:]
	}
}

// drive runs a driver until done; it gives up after 20 s, which only a broken
// driver needs.
func drive(t *testing.T, d Driver, done func() bool) {
	t.Helper()
	_, began := d.Now()
	for !done() {
		_, now := d.Recent()
		if now-began > 20*time.Second {
			t.Fatal("nothing happens any more")
		}
		d.Wait(now+time.Second, now+time.Hour)
	}
}

// plainly is a driver that is told which connections never begin TLS.
type plainly struct{ Driver }

func (d plainly) Dial(a Addr, h Handler) Conn {
	a.Plain = h.(*peer).tls == nil
	return d.Driver.Dial(a, h)
}

// drivers runs a test on each driver of this platform.
func drivers(t *testing.T, test func(t *testing.T, d Driver)) {
	t.Run("native", func(t *testing.T) {
		d, err := New(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		defer closeDriver(t, d)
		test(t, d)
	})
	t.Run("native, plain", func(t *testing.T) {
		d, err := New(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		defer closeDriver(t, d)
		test(t, plainly{d})
	})
	t.Run("portable", func(t *testing.T) {
		d := NewPortable(time.Now(), nil)
		defer closeDriver(t, d)
		test(t, d)
	})
}

func closeDriver(t *testing.T, d Driver) {
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// listen starts a server that takes one connection after the other.
func listen(t *testing.T, network, address string, serve func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr()
}

// shout sends back what it reads, in capitals, until the end.
func shout(c net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err := c.Write(bytes.ToUpper(buf[:n])); err != nil {
			return
		}
	}
}

func tcp(a net.Addr) Addr { return Addr{TCP: a.(*net.TCPAddr).AddrPort()} }

func dial(d Driver, a Addr, p *peer) *peer {
	p.conn = d.Dial(a, p)
	return p
}
