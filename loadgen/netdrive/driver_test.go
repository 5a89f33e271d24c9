package netdrive

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// peer is a Handler that writes what it is given and keeps what it receives.
type peer struct {
	t       *testing.T
	conn    Conn
	tls     *tls.Config // to turn to once connected
	out     []byte      // still to be written
	in      bytes.Buffer
	arrived []Arrival
	took    time.Duration
	up      sample.Instant
	secured bool
	single  bool           // to read records one by one once secured
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
	if p.single {
		p.conn.Single()
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

// listen serves one connection after the other.
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

// shout answers with what it reads, in capitals, until the end.
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

func dial(t *testing.T, d Driver, a Addr, p *peer) *peer {
	p.t = t
	p.conn = d.Dial(a, p)
	return p
}

func TestBytesGoBothWays(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		for _, network := range []string{"tcp4", "tcp6", "unix"} {
			address := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0", "unix": filepath.Join(t.TempDir(), "s")}[network]
			at := listen(t, network, address, shout)
			a := Addr{Path: address}
			if network != "unix" {
				a = tcp(at)
			}
			p := dial(t, d, a, &peer{out: []byte("hello")})
			drive(t, d, func() bool { return p.in.Len() == 5 || p.err != nil })
			p.conn.Close()
			if p.err != nil || p.in.String() != "HELLO" {
				t.Errorf("%s: got %q, %v", network, p.in.String(), p.err)
			}
		}
	})
}

func TestArrivalIsTheKernelsWord(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // there is no kernel stamp to check elsewhere
	}
	d, err := New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer closeDriver(t, d)
	address := tcp(listen(t, "tcp", "127.0.0.1:0", shout))
	p := &peer{}
	var before sample.Instant
	// The kernel turns stamping on in its own time after the driver asked, which
	// is long on a busy machine.
	for {
		before = sample.Instant(time.Now().UnixNano())
		p = dial(t, d, address, &peer{out: []byte("x")})
		drive(t, d, func() bool { return p.in.Len() == 1 })
		if p.arrived[0].Stamped {
			break
		}
		p.conn.Close()
	}
	after := sample.Instant(time.Now().UnixNano())
	p.conn.Close()
	a := p.arrived[0]
	if !a.Stamped || a.At < before || a.At > after || a.Delay < 0 || a.Delay > after.Sub(before) {
		t.Errorf("arrival %+v, not between %d and %d", a, before, after)
	}
	if p.took <= 0 || p.up < before || p.up > a.At {
		t.Errorf("connected at %d after %v, reply at %d", p.up, p.took, a.At)
	}
}

func TestEndsAreTold(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		p := dial(t, d, tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _, _ = c.Write([]byte("bye")) })), &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if p.in.String() != "bye" || !errors.Is(p.err, io.EOF) {
			t.Errorf("got %q and %v, want bye and EOF", p.in.String(), p.err)
		}

		p = dial(t, d, tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) })), &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if !isGone(p.err) {
			t.Errorf("told %v, want a reset", p.err)
		}
	})
}

func TestRefusedConnect(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		a := tcp(l.Addr())
		_ = l.Close()
		for _, a := range []Addr{a, {Path: filepath.Join(t.TempDir(), "none")}} {
			p := dial(t, d, a, &peer{})
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if !errors.Is(p.err, syscall.ECONNREFUSED) && !errors.Is(p.err, syscall.ENOENT) {
				t.Errorf("told %v, want that nobody listens", p.err)
			}
		}
	})
}

func TestSourceAddress(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		from := make(chan string, 1)
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { from <- c.RemoteAddr().(*net.TCPAddr).IP.String() }))
		a.Source = netip.MustParseAddr("127.0.0.77")
		p := dial(t, d, a, &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if got := <-from; got != "127.0.0.77" {
			t.Errorf("the server saw %s", got)
		}
	})
}

// A peer that is slow to read must neither block the loop nor lose a byte.
func TestLargeWritesWaitForRoom(t *testing.T) {
	server, client := certificates(t)
	drivers(t, func(t *testing.T, d Driver) {
		for _, secure := range []bool{false, true} {
			hold := make(chan struct{})
			got := make(chan []byte, 1)
			want := bytes.Repeat([]byte("0123456789abcdef"), 1<<21) // 32 MiB, more than the kernel holds
			a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
				if secure {
					c = tls.Server(c, server)
				}
				_, _ = io.ReadFull(c, make([]byte, 1))
				<-hold
				rest := make([]byte, len(want)-1)
				_, _ = io.ReadFull(c, rest)
				got <- rest
			}))
			p := &peer{out: want}
			if secure {
				p.tls = client
			}
			dial(t, d, a, p)
			drive(t, d, func() bool { return p.stalled > 0 || p.up != 0 && len(p.out) == 0 || p.err != nil })
			close(hold)
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if !bytes.Equal(<-got, want[1:]) {
				t.Errorf("secure %v: the bytes did not arrive as they were", secure)
			}
		}
	})
}

func TestTLS(t *testing.T) {
	server, client := certificates(t)
	drivers(t, func(t *testing.T, d Driver) {
		for i, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS12, tls.VersionTLS13} {
			config := client.Clone()
			config.MaxVersion = version
			a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { shout(tls.Server(c, server)) }))
			before := sample.Instant(time.Now().UnixNano())
			p := dial(t, d, a, &peer{out: []byte("secret"), tls: config, single: i > 1})
			drive(t, d, func() bool { return p.in.Len() == 6 || p.err != nil })
			p.conn.Close()
			if p.err != nil || p.in.String() != "SECRET" || !p.secured {
				t.Fatalf("%x: got %q, %v", version, p.in.String(), p.err)
			}
			if p.from < before || p.to <= p.from || p.arrived[0].At < p.to {
				t.Errorf("%x: handshake from %d to %d, reply at %d", version, p.from, p.to, p.arrived[0].At)
			}
		}
	})
}

func TestTLSFailuresAreTold(t *testing.T) {
	server, client := certificates(t)
	wrongName, stranger := client.Clone(), client.Clone()
	wrongName.ServerName = "other.test"
	stranger.RootCAs = x509.NewCertPool()
	badCertificate := func(err error) bool { return errors.As(err, new(*tls.CertificateVerificationError)) }
	noTLS := func(err error) bool { return errors.As(err, new(tls.RecordHeaderError)) }
	atEnd := func(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
	drivers(t, func(t *testing.T, d Driver) {
		for _, test := range []struct {
			name   string
			config *tls.Config
			serve  func(net.Conn)
			is     func(error) bool
		}{
			{"wrong name", wrongName, func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"wrong name, remembered", RememberChains(wrongName), func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"unknown authority, remembered", RememberChains(stranger), func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"unknown authority", stranger, func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"not TLS", client, func(c net.Conn) { _, _ = c.Write([]byte("220 hello\r\n")); shout(c) }, noTLS},
			{"closed", client, func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }, atEnd},
		} {
			p := dial(t, d, tcp(listen(t, "tcp", "127.0.0.1:0", test.serve)), &peer{tls: test.config})
			drive(t, d, func() bool { return p.err != nil || p.secured })
			p.conn.Close()
			if !test.is(p.err) {
				t.Errorf("%s: told %v", test.name, p.err)
			}
		}
	})
}

// A handshake that the session gives up on must leave nothing behind: the
// portable driver's Close waits for its goroutines, and a coroutine that was
// not ended would be found by the race detector's goroutine limit.
func TestClosedDuringHandshake(t *testing.T) {
	_, client := certificates(t)
	drivers(t, func(t *testing.T, d Driver) {
		began := make(chan struct{}, 1)
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_, _ = c.Read(make([]byte, 4096)) // the ClientHello, unanswered
			began <- struct{}{}
			d.Wake()
			_, _ = c.Read(make([]byte, 1))
		}))
		p := dial(t, d, a, &peer{tls: client})
		drive(t, d, func() bool { return len(began) == 1 })
		p.conn.Close()
		if p.err != nil {
			t.Errorf("told %v after Close", p.err)
		}
	})
}

func TestWake(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		go d.Wake()
		_, now := d.Now()
		d.Wait(now+time.Hour, now+time.Hour)
	})
}

func TestResolveLiteral(t *testing.T) {
	got, err := Resolve(context.Background(), "ip", "::ffff:127.0.0.1")
	if err != nil || len(got) != 1 || got[0] != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("got %v, %v", got, err)
	}
}

// certificates makes a server's configuration and a client's that trusts it.
func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, DNSNames: []string{"mail.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: pool, ServerName: "mail.test"}
}
