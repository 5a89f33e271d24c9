package netdrive

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestBytesGoBothWays(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		for _, network := range []string{"tcp4", "tcp6", "unix"} {
			address := map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0", "unix": filepath.Join(t.TempDir(), "s")}[network]
			at := listen(t, network, address, shout)
			a := Addr{Path: address}
			if network != "unix" {
				a = tcp(at)
			}
			p := dial(d, a, &peer{out: []byte("hello")})
			drive(t, d, func() bool { return p.in.Len() == 5 || p.err != nil })
			p.conn.Close()
			if p.err != nil || p.in.String() != "HELLO" {
				t.Errorf("%s: got %q, %v", network, p.in.String(), p.err)
			}
		}
	})
}

func TestArrivalIsTheKernelsStamp(t *testing.T) {
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
	// The kernel turns stamping on some time after the driver asked for it. On a
	// busy machine that takes long.
	for {
		before = sample.Instant(time.Now().UnixNano())
		p = dial(d, address, &peer{out: []byte("x")})
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

func TestEndsAreReported(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		p := dial(d, tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _, _ = c.Write([]byte("bye")) })), &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if p.in.String() != "bye" || !errors.Is(p.err, io.EOF) {
			t.Errorf("got %q and %v, want bye and EOF", p.in.String(), p.err)
		}

		p = dial(d, tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) })), &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if !isGone(p.err) {
			t.Errorf("reported %v, want a reset", p.err)
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
			p := dial(d, a, &peer{})
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if !errors.Is(p.err, syscall.ECONNREFUSED) && !errors.Is(p.err, syscall.ENOENT) {
				t.Errorf("reported %v, want that nobody listens", p.err)
			}
		}
	})
}

func TestSourceAddress(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		from := make(chan string, 1)
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { from <- c.RemoteAddr().(*net.TCPAddr).IP.String() }))
		a.Source = netip.MustParseAddr("127.0.0.77")
		p := dial(d, a, &peer{})
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
			read := make(chan struct{})
			got := make(chan []byte, 1)
			want := bytes.Repeat([]byte("0123456789abcdef"), 1<<21) // 32 MiB, more than the kernel holds
			a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
				if secure {
					c = tls.Server(c, server)
				}
				_, _ = io.ReadFull(c, make([]byte, 1))
				<-read
				rest := make([]byte, len(want)-1)
				_, _ = io.ReadFull(c, rest)
				got <- rest
			}))
			p := &peer{out: want}
			if secure {
				p.tls = client
			}
			dial(d, a, p)
			drive(t, d, func() bool { return p.stalled > 0 || p.up != 0 && len(p.out) == 0 || p.err != nil })
			close(read)
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			if !bytes.Equal(<-got, want[1:]) {
				t.Errorf("secure %v: the bytes did not arrive as they were", secure)
			}
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
