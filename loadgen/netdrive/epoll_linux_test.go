package netdrive

import (
	"math"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const never = time.Duration(math.MaxInt64)

func newLoop(t *testing.T) *epoll {
	t.Helper()
	l, err := newEpoll(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeDriver(t, l) })
	return l
}

// Nagle's algorithm costs nothing if each write is answered before the next. It
// is off as soon as it would hold one back.
func TestNagleIsOffIfItWouldHoldBack(t *testing.T) {
	l := newLoop(t)
	nodelay := func(p *peer) int {
		on, err := unix.GetsockoptInt(p.conn.(*epollConn).fd, unix.IPPROTO_TCP, unix.TCP_NODELAY)
		if err != nil {
			t.Fatal(err)
		}
		return on
	}
	address := tcp(listen(t, "tcp", "127.0.0.1:0", shout))
	p := dial(l, address, &peer{out: []byte("one")})
	drive(t, l, func() bool { return p.in.Len() == 3 })
	p.out = []byte("two")
	p.write()
	drive(t, l, func() bool { return p.in.Len() == 6 })
	if nodelay(p) != 0 {
		t.Error("an option was set for writes that each had their answer")
	}
	p.out = []byte("three")
	p.write()
	p.out = []byte("four")
	p.write()
	if nodelay(p) == 0 {
		t.Error("a write follows one that has no answer, and Nagle's algorithm is on")
	}
	drive(t, l, func() bool { return p.in.Len() == 15 })
	p.conn.Close()

	large := dial(l, address, &peer{})
	drive(t, l, func() bool { return large.up != 0 })
	large.out = make([]byte, large.conn.(*epollConn).mss+1)
	large.write()
	if nodelay(large) == 0 {
		t.Error("a write is longer than a segment, and Nagle's algorithm is on")
	}
	large.conn.Close()
}

// What is due comes before the answers that have arrived meanwhile. They have
// their stamps, so they can wait.
func TestWaitEndsWhenItsTimeHasCome(t *testing.T) {
	l := newLoop(t)
	address := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { _, _ = c.Write([]byte("x")) }))
	peers := make([]*peer, 5)
	for i := range peers {
		peers[i] = dial(l, address, &peer{})
		drive(t, l, func() bool { return peers[i].up != 0 })
	}
	answered := func() (n int) {
		for _, p := range peers {
			if p.in.Len() > 0 {
				n++
			}
		}
		return n
	}
	// Wait until all answers have arrived, without reading them.
	for i := range peers {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(peers[i].conn.(*epollConn).fd), Events: unix.POLLIN}}, -1)
		if err != nil {
			t.Fatal(err)
		}
	}
	// Some may have been read while others were dialed; then there may be events without an
	// answer too, such as that a peer has closed.
	for before := answered(); before < len(peers); {
		l.Wait(never, 0)
		n := answered()
		if n > before+1 {
			t.Fatalf("a wait whose time had come took %d answers at once", n-before)
		}
		before = n
	}
	for _, p := range peers {
		p.conn.Close()
	}
}

func TestWaitLastsUntilItsTime(t *testing.T) {
	l := newLoop(t)
	for _, d := range []time.Duration{0, time.Millisecond, heldWait + time.Millisecond} {
		for _, due := range []bool{false, true} {
			_, now := l.Now()
			until, dueAt := now+d, never
			if due {
				until, dueAt = dueAt, until
			}
			l.Wait(until, dueAt)
			if _, after := l.Recent(); after < now+d && !l.interrupted {
				t.Errorf("a wait of %v, due %v, ended %v early", d, due, now+d-after)
			}
		}
	}
}

func TestAwakeForIsBounded(t *testing.T) {
	for wait, want := range map[time.Duration]time.Duration{
		-time.Second: 0, 0: 0, 30 * time.Microsecond: 30 * time.Microsecond,
		100 * time.Microsecond: 50 * time.Microsecond, time.Millisecond: 100 * time.Microsecond, never: 500 * time.Microsecond,
	} {
		if got := awakeFor(wait); got != want {
			t.Errorf("%v of a wait of %v are spent awake, want %v", got, wait, want)
		}
	}
}
