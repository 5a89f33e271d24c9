package netdrive

import (
	"fmt"
	"math"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive/uring"
)

// New makes the best Driver of this platform for the calling goroutine, which
// alone may use it. Monotonic times count from epoch.
func New(epoch time.Time) (Driver, error) { return newEpoll(epoch) }

// epoll is a Driver on one locked thread. It watches all sockets edge-triggered,
// so most are registered once. A connection that has to wait for room to write is
// registered for that then. Where there is a ring, it reads the plain connections.
type epoll struct {
	clock
	fd          int
	wakeFD      int
	stamps      int          // the socket of keepStamping
	sched       int          // the file of openSchedstat
	conns       []*epollConn // by file descriptor
	events      [256]unix.EpollEvent
	ready       []unix.EpollEvent // the part of events that is not handled yet
	more        bool              // epoll may have more events, which it does not announce to the ring again
	ring        *uring.Ring       // nil until the first plain connection
	ringless    bool              // this machine has none
	dialed      []*epollConn      // dials that succeeded or failed at once; Wait reports them
	spareDialed []*epollConn      // the slice that dialed was before, to use again
	queued      []*epollConn      // dials of Unix sockets whose listen queue is full
	unsent      []*epollConn      // connections whose write failed; Wait reports them
	gen         uint32
	fresh       bool // the clock was read for the event being handled

	awake       time.Duration // processor time spent waiting awake
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
	// By default the kernel may let this thread's timers be 50 µs late.
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
		// If the listener's queue is full, TCP waits in the kernel. A Unix
		// socket that must not block has to try again.
		c.path = a.Path
		l.queued = append(l.queued, c)
		return
	}
	if err == nil {
		err = l.enter(c, fd, a.Path == "", a.Plain)
	}
	if err != nil {
		c.dialErr = err
	}
	if err != nil || c.up {
		l.dialed = append(l.dialed, c)
	}
}

// enter begins to watch fd. A connection to this machine is mostly established
// when connect returns, and to ask the kernel costs less than an event.
func (l *epoll) enter(c *epollConn, fd int, tcp, plain bool) error {
	l.gen++
	c.fd, c.gen = fd, l.gen
	for fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*epollConn, max(64, len(l.conns)))...)
	}
	l.conns[fd] = c
	c.plain = plain && tcp && l.hasRing()
	events := uint32(arrivals)
	if tcp && l.info.read(fd) && l.info.established() {
		l.Now()
		c.connected()
		if l.readByRing(c, false) {
			return nil
		}
	} else {
		events, c.wantsRoom = arrivals|unix.EPOLLOUT, true
	}
	// After connect, because an unconnected socket reports a hang-up.
	return l.opener.watch(l.fd, unix.EPOLL_CTL_ADD, fd, c.gen, events)
}

// Wait handles events, or waits for some. When the time due has come, it leaves
// the other events for the next call, so that what is due is not late because the
// server sends many answers.
func (l *epoll) Wait(until, due time.Duration) {
	_, now := l.Now()
	limit := min(until, due)
	dialed, unsent := l.reportDialed(), l.reportUnsent()
	if dialed || unsent {
		limit = now // look for more, but do not wait: something has happened
	}
	if len(l.queued) > 0 {
		limit = min(limit, now+time.Millisecond)
	}
	if !l.pending() {
		happened := l.poll(min(limit, due-awakeFor(due-now)) - now)
		if !happened && limit == due && !l.interrupted {
			l.waitAwake(due)
		}
	}
	if len(l.queued) > 0 {
		l.retry()
	}
	if !l.pending() {
		l.Now() // time has passed, and no event will read the clock
	}
	for l.pending() {
		// A handler may have dialed, and what is looked for from here on may be of that
		// connection. A report of it comes first.
		if len(l.dialed) > 0 {
			l.reportDialed()
		}
		l.handleFirst()
		// Handlers that dial may bring more and more from the ring.
		if l.mono >= min(until, due) {
			return
		}
	}
}

// pending tells whether there are events that are not handled yet.
func (l *epoll) pending() bool {
	return len(l.ready) > 0 || l.more || l.ring != nil && l.ring.First() != nil
}

// handleFirst handles the first of the events that there are.
func (l *epoll) handleFirst() {
	switch {
	case len(l.ready) > 0:
		ev := &l.ready[0]
		l.ready = l.ready[1:]
		l.handle(ev)
	case l.more:
		l.look()
	default:
		l.complete()
	}
}

func (l *epoll) handle(ev *unix.EpollEvent) {
	if int(ev.Fd) == l.wakeFD {
		var count [8]byte
		_, _ = unix.Read(l.wakeFD, count[:]) // resets the eventfd
		return
	}
	// The event may belong to a connection that was closed since, and the
	// kernel may have given its descriptor to another. The generations differ
	// then.
	if c := l.conns[ev.Fd]; c != nil && c.gen == uint32(ev.Pad) {
		c.handle(ev.Events)
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

// reportDialed reports the dials that had their outcome at once, and tells whether
// there were any.
func (l *epoll) reportDialed() bool {
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

// reportUnsent reports the writes that failed, after what arrived before, and tells
// whether there were any.
func (l *epoll) reportUnsent() bool {
	unsent := l.unsent
	l.unsent = nil
	for _, c := range unsent {
		c.read(untilEnd)
	}
	return len(unsent) > 0
}

// heldWait is how long a wait keeps the processor of Go's scheduler (its P). To
// give it up and get it back takes longer than most replies, and makes the
// scheduler's watchdog look every 20 µs. Other goroutines wait no longer than this
// for it, and a garbage collection interrupts the wait by a signal.
const heldWait = 5 * time.Millisecond

// poll waits for events, at most for d, and tells whether there are any. The limit has
// nanoseconds, because a millisecond is long between two arrivals.
func (l *epoll) poll(d time.Duration) bool {
	happened := l.wait(min(d, heldWait), false)
	if happened || d <= heldWait || l.interrupted {
		return happened
	}
	return l.wait(d-heldWait, true)
}

// awakeFor returns how much of a wait for something due is spent awake. A
// processor that was idle takes time to wake up: some tens of microseconds after a
// short rest, some hundreds in a virtual machine that has slept. So it is the last
// 50 µs, for which an idle kernel often polls anyway, or a tenth of the wait if
// that is more. It is half a millisecond at most, which bounds what it costs.
func awakeFor(d time.Duration) time.Duration {
	return min(max(0, d), max(d/10, 50*time.Microsecond), 500*time.Microsecond)
}

// waitAwake looks for events until due, without sleeping.
func (l *epoll) waitAwake(due time.Duration) {
	before := threadCPU()
	idle := before // until when nothing was found: a look that finds something reads it too
	for !l.interrupted {
		if _, now := l.Now(); now >= due || l.wait(0, false) {
			break
		}
		idle = threadCPU()
	}
	l.awake += idle - before
}

// wait waits for events, and tells whether there are any. If it releases, Go's scheduler
// has the processor meanwhile.
func (l *epoll) wait(d time.Duration, releases bool) bool {
	if l.ring != nil {
		l.interrupted = l.ring.Enter(d, releases) == unix.EINTR
		return l.ring.First() != nil
	}
	l.ready = l.events[:l.waitEpoll(d, releases)]
	return len(l.ready) > 0
}

// waitEpoll waits for events of epoll, and returns how many there are.
func (l *epoll) waitEpoll(d time.Duration, releases bool) int {
	l.timeout = unix.NsecToTimespec(max(0, int64(d)))
	call := syscall.RawSyscall6
	if releases {
		call = syscall.Syscall6
	}
	n, _, errno := call(unix.SYS_EPOLL_PWAIT2, uintptr(l.fd), uintptr(unsafe.Pointer(&l.events[0])),
		uintptr(len(l.events)), uintptr(unsafe.Pointer(&l.timeout)), 0, 0)
	return l.waited(int(n), errno, d)
}

// waited returns how many events a wait of d brought.
func (l *epoll) waited(n int, errno syscall.Errno, d time.Duration) int {
	l.interrupted = errno == unix.EINTR
	switch errno {
	case 0:
		return n
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
	_, _ = unix.Write(l.wakeFD, one[:]) // fails only if a wake is pending already
}

// CPU returns the processor time of the loop's thread, less what it spent waiting
// awake.
func (l *epoll) CPU() time.Duration { return threadCPU() - l.awake }

// RunDelay returns how long the loop's thread has waited for a processor.
func (l *epoll) RunDelay() time.Duration { return runDelay(l.sched) }

// Close releases the descriptors of the loop and its thread.
func (l *epoll) Close() error {
	if l.ring != nil {
		l.ring.Close()
	}
	err := unix.Close(l.fd)
	if e := unix.Close(l.wakeFD); err == nil {
		err = e
	}
	_ = unix.Close(l.stamps)
	_ = unix.Close(l.sched)
	runtime.UnlockOSThread()
	return err
}
