package netdrive

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
)

// A server that refuses a message in the middle says so and hangs up. Octets are
// unread then, so its kernel sends a reset. What the server said is read all the
// same.
func TestLastWordsAreReadBeforeAReset(t *testing.T) {
	server, client := certificates(t)
	const words = "552 5.3.4 too big\r\n"
	drivers(t, func(t *testing.T, d Driver) {
		for _, test := range []struct {
			name   string
			secure bool
			takes  int // octets that the server reads
			much   int // octets that the client writes
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
			dial(d, a, p)
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if p.in.String() != words {
				t.Errorf("%s: got %q, then %v", test.name, p.in.String(), p.err)
			}
			if !isGone(p.err) {
				t.Errorf("%s: reported %v, want a reset", test.name, p.err)
			}
		}
	})
}

// A server that has ended its side but keeps the connection is reported at once,
// even if there is still something to write to it.
func TestEndWhileAWriteWaits(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		reported := make(chan struct{})
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_ = c.(*net.TCPConn).CloseWrite()
			<-reported
		}))
		p := &peer{out: bytes.Repeat([]byte{'x'}, 64<<20)} // more than the kernel takes
		dial(d, a, p)
		drive(t, d, func() bool { return p.err != nil })
		close(reported)
		p.conn.Close()
		if !errors.Is(p.err, io.EOF) {
			t.Errorf("reported %v, want the end", p.err)
		}
	})
}

// A failed write is reported after what arrived before it, whether the event of
// the reset comes first or the write.
func TestFailedWriteIsReportedAfterWhatArrived(t *testing.T) {
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
		dial(d, a, p)
		drive(t, d, func() bool { return p.up != 0 })
		close(up)
		<-said
		p.out = []byte("QUIT\r\n")
		p.write()
		if p.err != nil {
			t.Fatalf("reported %v with %q read", p.err, p.in.String())
		}
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if p.in.String() != "421 bye\r\n" {
			t.Errorf("got %q, then %v", p.in.String(), p.err)
		}
	})
}

// A server may hang up before the loop has seen that the connection is up. Then the
// connection counts all the same, and what the server said is read.
func TestResetBeforeTheConnectWasSeen(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		if _, ok := d.(*portable); ok {
			return // package net connects there
		}
		said := make(chan struct{})
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_, _ = io.WriteString(c, "421 busy\r\n")
			_ = c.(*net.TCPConn).SetLinger(0)
			_ = c.Close()
			said <- struct{}{}
		}))
		for range 50 { // the loop sees some of these in time
			p := dial(d, a, &peer{})
			<-said
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if p.up == 0 || p.in.String() != "421 busy\r\n" || !isGone(p.err) {
				t.Fatalf("up at %d, got %q, then %v", p.up, p.in.String(), p.err)
			}
		}
	})
}

// Under TLS 1.3 the server checks the client's certificate when the client has
// already finished the handshake.
func TestRefusalOfTheClientsCertificate(t *testing.T) {
	server, client := certificates(t)
	server.ClientAuth = tls.RequireAnyClientCert
	drivers(t, func(t *testing.T, d Driver) {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, out := range []string{"", "EHLO here\r\n"} { // implicit, and after STARTTLS
				config := client.Clone()
				config.MaxVersion = version
				a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _ = tls.Server(c, server).Handshake() }))
				p := dial(d, a, &peer{tls: config, out: []byte(out)})
				drive(t, d, func() bool { return p.err != nil })
				p.conn.Close()
				if alert := new(net.OpError); !errors.As(p.err, &alert) || alert.Op != "remote error" {
					t.Errorf("%x, out %q: reported %v, want the server's alert", version, out, p.err)
				}
			}
		}
	})
}
