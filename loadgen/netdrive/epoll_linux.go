package netdrive

import (
	"fmt"
	"math"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// New makes the platform's best Driver for the calling goroutine, which must
// be the one to use it. epoch is what monotonic times count from.
func New(epoch time.Time) (Driver, error) { return newEpoll(epoch) }

// epoll is a Driver on one locked thread. All sockets are watched edge-
// triggered, and so mostly once: room for more is asked for where a connection
// has to wait for it.
type epoll struct {
	clock
	fd          int
	wakeFD      int
	stamps      int          // a socket that keeps the kernel stamping; see keepStamping
	sched       int          // this thread's schedstat; see openSchedstat
	conns       []*epollConn // by file descriptor
	events      [256]unix.EpollEvent
	ready       []unix.EpollEvent // those of events that are not handled yet
	dialed      []*epollConn      // dials that succeeded or failed at once; told from Wait
	spareDialed []*epollConn      // for the next ones
	queued      []*epollConn      // dials of Unix sockets whose listen queue is full
	unsent      []*epollConn      // those whose write failed; told from Wait
	gen         uint32
	fresh       bool // the clock was read for the event being handled

	awake       time.Duration // processor time spent waiting
	timeout     unix.Timespec
	interrupted bool // a signal ended the last wait

	opener   opener
	receiver receiver
	sender   sender
	info     tcpInfo
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
		err = l.enter(c, fd, a.Path == "")
	}
	if err != nil {
		c.dialErr = err
	}
	if err != nil || c.up {
		l.dialed = append(l.dialed, c)
	}
}

// enter begins to watch fd. A connection to this machine mostly stands when
// connect returns: asking costs less than being told so by an event.
func (l *epoll) enter(c *epollConn, fd int, tcp bool) error {
	l.gen++
	c.fd, c.gen = fd, l.gen
	for fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*epollConn, max(64, len(l.conns)))...)
	}
	l.conns[fd] = c
	var also uint32
	if tcp && l.info.read(fd) && l.info.established() {
		l.Now()
		c.connected()
	} else {
		also, c.roomy = unix.EPOLLOUT, true
	}
	// Watched only after connect: an unconnected socket reports a hang-up.
	return l.opener.watch(l.fd, unix.EPOLL_CTL_ADD, fd, c.gen, also)
}

// Wait handles events, or waits for some. When something is due, events that
// are left wait for the next call: it is not to be late because the server was
// busy answering.
func (l *epoll) Wait(until, due time.Duration) {
	_, now := l.Now()
	limit := min(until, due)
	dialed, unsent := l.tellDialed(), l.tellUnsent()
	if dialed || unsent {
		limit = now // there may be more, but something has happened
	}
	if len(l.queued) > 0 {
		limit = min(limit, now+time.Millisecond)
	}
	if len(l.ready) == 0 {
		n := l.poll(min(limit, due-awakeFor(due-now)) - now)
		if n == 0 && limit == due && !l.interrupted {
			n = l.watch(due)
		}
		l.ready = l.events[:n]
	}
	if len(l.queued) > 0 {
		l.retry()
	}
	if len(l.ready) == 0 {
		l.Now() // time has passed; otherwise the last event says when
	}
	for len(l.ready) > 0 {
		ev := &l.ready[0]
		l.ready = l.ready[1:]
		l.handle(ev)
		if l.mono >= due {
			return
		}
	}
}

func (l *epoll) handle(ev *unix.EpollEvent) {
	if int(ev.Fd) == l.wakeFD {
		var count [8]byte
		_, _ = unix.Read(l.wakeFD, count[:]) // only to have it silent again
		return
	}
	// An event may be of a connection closed since, whose descriptor has been
	// given out again: the generation tells.
	if c := l.conns[ev.Fd]; c != nil && c.gen == uint32(ev.Pad) {
		c.ready(ev.Events)
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

// tellDialed tells of dials that had their outcome at once, and whether there
// were any.
func (l *epoll) tellDialed() bool {
	dialed := l.dialed
	l.dialed = l.spareDialed[:0]
	for _, c := range dialed {
		switch {
		case c.closed:
		case c.dialErr != nil:
			c.handler.Broken(c.dialErr, l.wall)
		default:
			c.handler.Connected(c.began.Add(c.took), c.took)
		}
	}
	clear(dialed)
	l.spareDialed = dialed
	return len(dialed) > 0
}

// tellUnsent tells of writes that failed, after what had arrived before, and
// whether there were any.
func (l *epoll) tellUnsent() bool {
	unsent := l.unsent
	l.unsent = nil
	for _, c := range unsent {
		c.readable(true)
	}
	return len(unsent) > 0
}

// heldWait is how long a wait keeps the Go scheduler's processor. Giving it up
// and asking for it back costs more than a reply takes to come, and has the
// scheduler's watchdog look every 20 µs; keeping it starves nobody for longer
// than this, and a garbage collection interrupts the wait by a signal.
const heldWait = 5 * time.Millisecond

// poll waits for events, with a limit in nanoseconds: a millisecond is an age
// between two arrivals.
func (l *epoll) poll(d time.Duration) int {
	n := l.pwait(min(d, heldWait), true)
	if n > 0 || d <= heldWait || l.interrupted {
		return n
	}
	return l.pwait(d-heldWait, false)
}

// awakeFor is how much of a wait for something that is due is spent awake. A
// processor that has been idle takes its time to wake up: some tens of
// microseconds after a moment, some hundred in a virtual machine that has
// slept. So it is the last 50 µs, for which an idle kernel often polls itself,
// or a tenth of the wait, and half a millisecond at most, which bounds what
// that costs.
func awakeFor(d time.Duration) time.Duration {
	return min(max(0, d), max(d/10, 50*time.Microsecond), 500*time.Microsecond)
}

// watch looks for events until something is due, without sleeping.
func (l *epoll) watch(due time.Duration) int {
	before, n := threadCPU(), 0
	for n == 0 && !l.interrupted {
		if _, now := l.Now(); now >= due {
			break
		}
		n = l.pwait(0, true)
	}
	l.awake += threadCPU() - before
	return n
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

// CPU is the time of the loop's thread that did something.
func (l *epoll) CPU() time.Duration { return threadCPU() - l.awake }

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
