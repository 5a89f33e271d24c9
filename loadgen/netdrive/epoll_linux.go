package netdrive

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// New makes the platform's best Driver for the calling goroutine, which must
// be the one to use it. epoch is what monotonic times count from.
func New(epoch time.Time) (Driver, error) { return newEpoll(epoch) }

// epoll is a Driver on one locked thread. All sockets are watched edge-
// triggered, once, for everything: so a session costs no further epoll_ctl.
type epoll struct {
	clock
	fd     int
	wakeFD int
	stamps int          // a socket that keeps the kernel stamping; see keepStamping
	sched  int          // this thread's schedstat; see openSchedstat
	conns  []*epollConn // by file descriptor
	events [256]unix.EpollEvent
	failed []*epollConn // dials that failed at once; told from Wait
	queued []*epollConn // dials of Unix sockets whose listen queue is full
	gen    uint32
	fresh  bool // the clock was read for the event being handled

	timeout     unix.Timespec
	interrupted bool // a signal ended the last wait

	opener   opener
	receiver receiver
	sender   sender
	trip     roundTrip
	plain    []byte // what TLS decrypts into, made when first needed
}

func newEpoll(epoch time.Time) (*epoll, error) {
	runtime.LockOSThread()
	// Timers of this thread may otherwise be late by 50 µs, by design.
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("timer slack: %w", err)
	}
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err == nil {
		err = unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: int32(wake)})
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	l := &epoll{clock: newClock(epoch), fd: fd, wakeFD: wake, stamps: keepStamping(), sched: openSchedstat()}
	l.opener.clock = &l.clock
	return l, nil
}

// Dial opens a socket and begins to connect it.
func (l *epoll) Dial(a Addr, h Handler) Conn {
	c := &epollConn{loop: l, handler: h, fd: -1}
	l.open(c, a)
	return c
}

func (l *epoll) open(c *epollConn, a Addr) {
	fd, err := l.opener.open(a)
	if c.began == 0 {
		c.began = l.opener.began
	}
	if err == unix.EAGAIN && a.Path != "" {
		// TCP waits in the kernel when the listener's queue is full; a Unix
		// socket that may not block has to ask again.
		c.path = a.Path
		l.queued = append(l.queued, c)
		return
	}
	if err == nil {
		err = l.watch(c, fd)
	}
	if err != nil {
		c.dialErr = err
		l.failed = append(l.failed, c)
	}
}

func (l *epoll) watch(c *epollConn, fd int) error {
	l.gen++
	c.fd, c.gen = fd, l.gen
	for fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*epollConn, max(64, len(l.conns)))...)
	}
	l.conns[fd] = c
	// Watched only after connect: an unconnected socket reports a hang-up.
	return l.opener.add(l.fd, fd, c.gen)
}

// Wait handles events, or waits for some until the given time.
func (l *epoll) Wait(until time.Duration) {
	if len(l.failed) > 0 {
		l.tellFailed()
		return
	}
	_, now := l.Now()
	if len(l.queued) > 0 {
		until = min(until, now+time.Millisecond)
	}
	n := l.poll(until - now)
	if len(l.queued) > 0 {
		l.retry()
	}
	if n == 0 {
		l.Now() // time has passed; otherwise the last event says when
	}
	for i := range l.events[:n] {
		ev := &l.events[i]
		if int(ev.Fd) == l.wakeFD {
			var count [8]byte
			_, _ = unix.Read(l.wakeFD, count[:]) // only to have it silent again
			continue
		}
		// An event may be of a connection closed since, whose descriptor has
		// been given out again: the generation tells.
		if c := l.conns[ev.Fd]; c != nil && c.gen == uint32(ev.Pad) {
			c.ready(ev.Events)
		}
	}
}

func (l *epoll) retry() {
	queued := l.queued
	l.queued = nil
	for _, c := range queued {
		if !c.closed {
			l.open(c, Addr{Path: c.path})
		}
	}
}

func (l *epoll) tellFailed() {
	failed := l.failed
	l.failed = nil
	for _, c := range failed {
		if !c.closed {
			wall, _ := l.Now()
			c.handler.Broken(c.dialErr, wall)
		}
	}
}

// heldWait is how long a wait keeps the Go scheduler's processor. Giving it up
// and asking for it back costs more than a reply takes to come, and has the
// scheduler's watchdog look every 20 µs; keeping it starves nobody for longer
// than this, and a garbage collection interrupts the wait by a signal.
const heldWait = 5 * time.Millisecond

// poll waits with a limit in nanoseconds: a millisecond is an age between two
// arrivals.
func (l *epoll) poll(d time.Duration) int {
	n := l.pwait(min(d, heldWait), true)
	if n > 0 || d <= heldWait || l.interrupted {
		return n
	}
	return l.pwait(d-heldWait, false)
}

func (l *epoll) pwait(d time.Duration, held bool) int {
	var n uintptr
	var errno syscall.Errno
	l.timeout = unix.NsecToTimespec(max(0, int64(d)))
	if held {
		n, _, errno = syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(l.fd), uintptr(unsafe.Pointer(&l.events[0])),
			uintptr(len(l.events)), uintptr(unsafe.Pointer(&l.timeout)), 0, 0)
	} else {
		n, _, errno = syscall.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(l.fd), uintptr(unsafe.Pointer(&l.events[0])),
			uintptr(len(l.events)), uintptr(unsafe.Pointer(&l.timeout)), 0, 0)
	}
	l.interrupted = errno == unix.EINTR
	switch errno {
	case 0:
		return int(n)
	case unix.ENOSYS: // before Linux 5.11
		ms := min(max(0, (d+time.Millisecond-1)/time.Millisecond), math.MaxInt32)
		if n, err := unix.EpollWait(l.fd, l.events[:], int(ms)); err == nil {
			return n
		}
	}
	return 0 // interrupted: the caller's loop comes back
}

// Wake makes Wait return.
func (l *epoll) Wake() {
	one := [8]byte{1}
	_, _ = unix.Write(l.wakeFD, one[:]) // fails only when a wake is pending already
}

// CPU is the time of the loop's thread.
func (l *epoll) CPU() time.Duration { return threadCPU() }

// RunDelay is the wait of the loop's thread.
func (l *epoll) RunDelay() time.Duration { return runDelay(l.sched) }

// Close releases the descriptors of the loop and its thread.
func (l *epoll) Close() error {
	err := unix.Close(l.fd)
	if e := unix.Close(l.wakeFD); err == nil {
		err = e
	}
	_ = unix.Close(l.stamps)
	_ = unix.Close(l.sched)
	runtime.UnlockOSThread()
	return err
}

// epollConn is one connection.
type epollConn struct {
	loop    *epoll
	handler Handler
	tls     *tlsState // nil while plain
	dialErr error
	path    string           // of a Unix socket that is asked again
	began   smtpwire.Instant // of connect
	fd      int
	gen     uint32
	up      bool // connected
	closed  bool
	stuck   bool // a Write took nothing
	eof     bool // the server has closed its side
	single  bool // TLS records are read one by one
}

// ready handles one event.
func (c *epollConn) ready(events uint32) {
	if c.dialErr != nil {
		return // told by tellFailed
	}
	if !c.up && !c.connected(events) {
		return
	}
	if c.closed {
		return
	}
	if events&unix.EPOLLOUT != 0 && c.stuck && !c.writable() {
		return
	}
	if events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		c.readable(events&^(unix.EPOLLIN|unix.EPOLLOUT) != 0)
	}
}

func (c *epollConn) connected(events uint32) bool {
	if events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) == 0 {
		return false
	}
	wall, _ := c.loop.Now()
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		if err := connectError(c.fd); err != nil {
			c.handler.Broken(err, wall)
			return false
		}
	}
	c.up = true
	took := c.loop.trip.of(c.fd)
	if took == 0 || took > wall.Sub(c.began) {
		took = max(0, wall.Sub(c.began))
	}
	c.handler.Connected(c.began.Add(took), took)
	return true
}

// writable goes on with what a Write could not take; it returns false when the
// connection did not survive that.
func (c *epollConn) writable() bool {
	c.loop.Now()
	if c.tls != nil && !c.tls.flush() {
		return !c.closed
	}
	c.stuck = false
	c.handler.Writable()
	return !c.closed
}

// readable reads what is there. A read that fills less than the buffer has
// emptied the socket, unless the end of the stream is next (drain): the edge
// that announced it will not come again.
func (c *epollConn) readable(drain bool) {
	for !c.closed {
		limit := len(c.loop.receiver.data)
		if c.single && c.tls != nil {
			limit = c.tls.record.next()
		}
		p, stamp, err := c.loop.receiver.receive(c.fd, limit)
		if err == unix.EAGAIN {
			return
		}
		wall, _ := c.loop.Now()
		if err == nil && len(p) == 0 {
			c.eof, err = true, io.EOF
		}
		if err != nil {
			c.broken(err, wall)
			return
		}
		at := Arrival{At: wall}
		if stamp != 0 {
			at = Arrival{At: stamp, Stamped: true, Delay: max(0, wall.Sub(stamp))}
		}
		full := len(p) == limit
		if c.tls != nil {
			if c.single {
				c.tls.record.took(p)
			}
			c.tls.received(p, at)
		} else {
			c.loop.fresh = true
			c.handler.Received(p, at)
			c.loop.fresh = false
		}
		if !full && !drain {
			return
		}
	}
}

func (c *epollConn) broken(err error, at smtpwire.Instant) {
	if c.tls != nil && !c.tls.done {
		c.tls.fail(err) // the handshake has to hear of it, to end its coroutine
		return
	}
	c.handler.Broken(err, at)
}

// Write writes plain bytes at once, and through TLS otherwise. The answer to
// what was just received leaves within a microsecond of the reading of the
// clock that was made for it, so that one is taken again.
func (c *epollConn) Write(bufs [][]byte) (int, smtpwire.Instant, error) {
	if c.tls != nil {
		return c.tls.write(bufs)
	}
	at, _ := c.loop.Recent()
	if !c.loop.fresh {
		at, _ = c.loop.Now()
	}
	c.loop.fresh = false
	n, err := c.loop.sender.send(c.fd, bufs)
	if err == unix.EAGAIN {
		c.stuck = true
		return 0, at, nil
	}
	return n, at, err
}

// Single reads TLS records one by one from now on.
func (c *epollConn) Single() { c.single = true }

// Close closes the socket, after TLS's close_notify where there is TLS.
func (c *epollConn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	if c.tls != nil {
		c.tls.close()
	}
	if c.fd >= 0 {
		c.loop.conns[c.fd] = nil
		closeSocket(c.fd)
	}
}
