package netdrive

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
)

// A server that has had enough in the middle of a message says so and hangs up,
// with octets unread, for which its kernel sends a reset. What it said is read
// all the same.
func TestLastWordsAreReadBeforeAReset(t *testing.T) {
	server, client := certificates(t)
	const words = "552 5.3.4 too big\r\n"
	drivers(t, func(t *testing.T, d Driver) {
		for _, test := range []struct {
			name   string
			secure bool
			takes  int // octets, before it has had enough
			much   int // octets written
		}{
			{"at once", false, 1, 16 << 20},
			{"a while later", false, 4 << 20, 16 << 20},
			{"after a short write", false, 1, 100},
			{"at once, TLS", true, 1, 16 << 20},
			{"a while later, TLS", true, 4 << 20, 16 << 20},
			{"after a short write, TLS", true, 1, 100},
		} {
			a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
				plain := c.(*net.TCPConn)
				if test.secure {
					c = tls.Server(c, server)
				}
				_, _ = io.CopyN(io.Discard, c, int64(test.takes))
				_, _ = io.WriteString(c, words)
				_ = plain.SetLinger(0) // a reset, whatever is unread
			}))
			p := &peer{out: bytes.Repeat([]byte{'x'}, test.much)}
			if test.secure {
				p.tls = client
			}
			dial(t, d, a, p)
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if p.in.String() != words {
				t.Errorf("%s: got %q, then %v", test.name, p.in.String(), p.err)
			}
			if !isGone(p.err) {
				t.Errorf("%s: told %v, want a reset", test.name, p.err)
			}
		}
	})
}

// A server that is done talking but keeps the connection is told as soon as it is
// done, whatever is still to be written to it.
func TestEndWhileAWriteWaits(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		told := make(chan struct{})
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			<-told
		}))
		p := &peer{out: bytes.Repeat([]byte{'x'}, 64<<20)} // more than the kernel takes
		dial(t, d, a, p)
		drive(t, d, func() bool { return p.err != nil })
		close(told)
		p.conn.Close()
		if !errors.Is(p.err, io.EOF) {
			t.Errorf("told %v, want the end", p.err)
		}
	})
}

// A write that fails is not told before what had arrived is, be it by the event
// of the reset or by the write.
func TestFailedWriteIsToldAfterWhatArrived(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		up, said := make(chan struct{}), make(chan struct{})
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			<-up
			_, _ = io.WriteString(c, "421 bye\r\n")
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
			close(said)
		}))
		p := &peer{}
		dial(t, d, a, p)
		drive(t, d, func() bool { return p.up != 0 })
		close(up)
		<-said
		p.out = []byte("QUIT\r\n")
		p.write()
		if p.err != nil {
			t.Fatalf("told %v with %q read", p.err, p.in.String())
		}
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if p.in.String() != "421 bye\r\n" {
			t.Errorf("got %q, then %v", p.in.String(), p.err)
		}
	})
}

// A server that hangs up before the loop has seen that the connection stands has
// been there all the same, and may have said something.
func TestResetBeforeTheConnectWasSeen(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		if _, ok := d.(*portable); ok {
			return // there connecting is the runtime's matter
		}
		said := make(chan struct{})
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_, _ = io.WriteString(c, "421 busy\r\n")
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
			said <- struct{}{}
		}))
		for range 50 { // some of which are seen in time
			p := dial(t, d, a, &peer{})
			<-said
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if p.up == 0 || p.in.String() != "421 busy\r\n" || !isGone(p.err) {
				t.Fatalf("up at %d, got %q, then %v", p.up, p.in.String(), p.err)
			}
		}
	})
}

// Under TLS 1.3 the server judges the client's certificate when the client is
// done with the handshake.
func TestRefusalOfTheClientsCertificate(t *testing.T) {
	server, client := certificates(t)
	server.ClientAuth = tls.RequireAnyClientCert
	drivers(t, func(t *testing.T, d Driver) {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, out := range []string{"", "EHLO here\r\n"} { // implicit, and after STARTTLS
				config := client.Clone()
				config.MaxVersion = version
				a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _ = tls.Server(c, server).Handshake() }))
				p := dial(t, d, a, &peer{tls: config, out: []byte(out)})
				drive(t, d, func() bool { return p.err != nil })
				p.conn.Close()
				if alert := new(net.OpError); !errors.As(p.err, &alert) || alert.Op != "remote error" {
					t.Errorf("%x, out %q: told %v, want the server's alert", version, out, p.err)
				}
			}
		}
	})
}
