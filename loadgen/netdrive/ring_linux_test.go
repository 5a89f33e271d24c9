package netdrive

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive/uring"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// newRingLoop returns a loop with a ring, which this machine must have.
func newRingLoop(t *testing.T) *epoll {
	t.Helper()
	l := newLoop(t)
	if !l.hasRing() {
		_, err := uring.New()
		t.Skipf("needs io_uring of Linux 6.1, which a machine for tests has: %v", err)
	}
	return l
}

// closer is a handler that closes its connection as soon as it is up, and begins another.
type closer struct {
	peer
	then func()
}

func (c *closer) Connected(sample.Instant, time.Duration) {
	c.conn.Close()
	c.then()
}

// A connection that is closed before the kernel was told to read it leaves its descriptor to
// the next, whose replies must come to it.
func TestDescriptorIsUsedAgainAtOnce(t *testing.T) {
	l := newRingLoop(t)
	a := tcp(listenMany(t, shout))
	a.Plain = true
	for again := 0; again < 10; {
		second := &peer{out: []byte("hello")}
		first := &closer{then: func() { dial(l, a, second) }}
		first.conn = l.Dial(a, first)
		drive(t, l, func() bool { return second.in.Len() == 5 || second.err != nil })
		second.conn.Close()
		if second.in.String() != "HELLO" {
			t.Fatalf("got %q, %v", second.in.String(), second.err)
		}
		if second.conn.(*epollConn).fd == first.conn.(*epollConn).fd { // the server has not taken it
			again++
		}
	}
}

// A connection that took its time to be up was watched by epoll until then.
func TestRingTakesOverFromEpoll(t *testing.T) {
	l := newRingLoop(t)
	p := dial(l, tcp(listenMany(t, shout)), &peer{})
	drive(t, l, func() bool { return p.up != 0 })
	c := p.conn.(*epollConn)
	c.plain = true
	if !l.readByRing(c, true) {
		t.Fatal("the ring does not take it")
	}
	for _, word := range []string{"hello", "there"} {
		p.out = []byte(word)
		p.write()
		had := p.in.Len()
		drive(t, l, func() bool { return p.in.Len() == had+len(word) })
	}
	p.conn.Close()
	if p.in.String() != "HELLOTHERE" {
		t.Errorf("got %q", p.in.String())
	}
}

// A server that sends more than the ring has room for loses nothing of it.
func TestRingWithoutRoom(t *testing.T) {
	l := newRingLoop(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 4*uring.Room/16)
	a := tcp(listenMany(t, func(c net.Conn) { _, _ = c.Write(want) }))
	a.Plain = true
	peers := make([]*peer, 3)
	for i := range peers {
		peers[i] = dial(l, a, &peer{})
	}
	drive(t, l, func() bool {
		for _, p := range peers {
			if p.err == nil {
				return false
			}
		}
		return true
	})
	for _, p := range peers {
		p.conn.Close()
		if !bytes.Equal(p.in.Bytes(), want) {
			t.Errorf("got %d bytes, %v, want the %d that were sent", p.in.Len(), p.err, len(want))
		}
	}
}

// A connection that is closed ends for the server too, before the loop waits again.
func TestClosedByRing(t *testing.T) {
	l := newRingLoop(t)
	ended := make(chan error, 1)
	a := tcp(listenMany(t, func(c net.Conn) {
		_, _ = c.Write([]byte("220 here\r\n"))
		_, err := c.Read(make([]byte, 1))
		ended <- err
	}))
	a.Plain = true
	p := dial(l, a, &peer{})
	drive(t, l, func() bool { return p.in.Len() > 0 })
	p.conn.Close()
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Errorf("the server saw %v, want the end", err)
	}
}

// The stamps of the ring are the kernel's, as those of a read.
func TestRingStamps(t *testing.T) {
	l := newRingLoop(t)
	a := tcp(listenMany(t, shout))
	a.Plain = true
	for stamped := false; !stamped; { // the kernel begins a while after it was asked
		p := dial(l, a, &peer{})
		drive(t, l, func() bool { return p.up != 0 })
		before := sample.Instant(time.Now().UnixNano())
		p.out = []byte("hello")
		p.write()
		drive(t, l, func() bool { return p.in.Len() == 5 })
		after := sample.Instant(time.Now().UnixNano())
		p.conn.Close()
		at := p.arrived[0]
		if stamped = at.Stamped; stamped && (at.At < before || at.At.Add(at.Delay) > after || at.Delay < 0) {
			t.Errorf("arrived at %+v, not between %d and %d", at, before, after)
		}
	}
}

// listenMany starts a server that takes connections side by side.
func listenMany(t *testing.T, serve func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				serve(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr()
}

// A greeted is a handler that notes what it hears first.
type greeted struct {
	peer
	early bool // bytes came before the connection was said to be up
}

func (g *greeted) Received(b []byte, at Arrival) {
	g.early = g.early || g.up == 0
	g.peer.Received(b, at)
}

// A host is a handler that begins many connections as soon as it receives something.
type host struct {
	peer
	begin func()
}

func (h *host) Received([]byte, Arrival) { h.begin() }

// A handler may begin so many connections that the kernel has to hear of the first of them
// at once. Their servers have greeted by then, and yet they are up before that.
func TestConnectedComesFirst(t *testing.T) {
	l := newRingLoop(t)
	a := tcp(listenMany(t, func(c net.Conn) {
		_, _ = c.Write([]byte("220 here\r\n"))
		_, _ = c.Read(make([]byte, 1))
	}))
	a.Plain = true
	guests := make([]*greeted, 300)
	h := &host{}
	h.begin = func() {
		for i := range guests {
			guests[i] = &greeted{}
			guests[i].conn = l.Dial(a, guests[i])
			if i == len(guests)/2 {
				awaitBytes(t, guests[0].conn)
			}
		}
		h.conn.Close()
	}
	h.conn = l.Dial(a, h)
	drive(t, l, func() bool {
		return guests[0] != nil && !slices.ContainsFunc(guests, func(g *greeted) bool { return g.in.Len() == 0 && g.err == nil })
	})
	early := 0
	for _, g := range guests {
		g.conn.Close()
		if g.early {
			early++
		}
		if g.err != nil {
			t.Error(g.err)
		}
	}
	if early > 0 {
		t.Errorf("%d of %d connections got bytes before they were up", early, len(guests))
	}
}

// awaitBytes waits until something has arrived on a connection.
func awaitBytes(t *testing.T, c Conn) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(c.(*epollConn).fd), Events: unix.POLLIN}}
	for {
		if n, err := unix.Poll(fds, 20_000); n == 1 {
			return
		} else if err != unix.EINTR {
			t.Fatalf("nothing arrives: %v", err)
		}
	}
}

// An answerer is a handler that answers what it receives.
type answerer struct{ peer }

func (a *answerer) Received(b []byte, at Arrival) {
	a.peer.Received(b, at)
	a.out = []byte("EHLO me\r\n")
	a.write()
}

// The ring may have read a reset before the answer to what came before it is written. The
// write then fails for another reason, but the reset is why.
func TestResetAfterWords(t *testing.T) {
	for name, plain := range map[string]bool{"ring": true, "epoll": false} {
		t.Run(name, func(t *testing.T) {
			l := newRingLoop(t)
			up, reset := make(chan struct{}), make(chan struct{})
			a := tcp(listenMany(t, func(c net.Conn) {
				<-up
				_, _ = c.Write([]byte("220 here\r\n"))
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
				close(reset)
			}))
			a.Plain = plain
			p := &answerer{}
			p.conn = l.Dial(a, p)
			close(up)
			<-reset
			drive(t, l, func() bool { return p.err != nil })
			p.conn.Close()
			if p.in.String() != "220 here\r\n" || !errors.Is(p.err, unix.ECONNRESET) {
				t.Errorf("got %q, and then %v, want %v", p.in.String(), p.err, unix.ECONNRESET)
			}
		})
	}
}

// A restless is a handler that begins a new connection whenever it receives something.
type restless struct {
	peer
	next func(*restless)
}

func (r *restless) Received([]byte, Arrival) {
	r.conn.Close()
	r.next(r)
}

// A wait ends in time, although the handlers dial so often that the ring has always more.
func TestWaitEndsAlthoughHandlersDial(t *testing.T) {
	l := newRingLoop(t)
	a := tcp(listenMany(t, func(c net.Conn) { _, _ = c.Write([]byte("220 here\r\n")) }))
	a.Plain = true
	_, began := l.Now()
	until, late := began+100*time.Millisecond, false
	r := &restless{}
	r.next = func(r *restless) {
		_, now := l.Recent()
		if late = late || now > until+2*time.Second; late {
			return
		}
		r.conn = l.Dial(a, r)
		awaitBytes(t, r.conn)
		_ = l.ring.Enter(0, false) // as a dial does whenever the ring's queue is full
	}
	r.next(r)
	for now := began; now < until; _, now = l.Now() {
		l.Wait(until, never)
	}
	r.conn.Close()
	if late {
		t.Error("it went on for seconds")
	}
}
