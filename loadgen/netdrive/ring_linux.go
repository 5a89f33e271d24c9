package netdrive

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive/uring"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A ring reads the plain connections where the machine has one. Times are as true as with
// epoll: the kernel's stamp says when a reply arrived, and a write is a system call of its
// own, so that it begins when we say it does.
//
// What comes with the completions of a connection are its generation, which is not 0, and
// its descriptor. Others have one of these.
const (
	ofEpoll   = 0 // epoll has events
	withdrawn = uring.Withdrawn
)

// hasRing makes the ring when it is first needed, and tells whether there is one. Its
// waits are the loop's from then on, so it watches epoll too.
func (l *epoll) hasRing() bool {
	if l.ring == nil && !l.ringless {
		r, err := uring.New()
		if l.ringless = err != nil; !l.ringless {
			r.Watch(l.fd, ofEpoll)
			l.ring = r
		}
	}
	return l.ring != nil
}

// readByRing makes the ring read a connection that is up, if it is plain, and tells
// whether it does. Epoll may watch it already.
func (l *epoll) readByRing(c *epollConn, watched bool) bool {
	if !c.plain || watched && l.opener.unwatch(l.fd, c.fd) != nil {
		return false
	}
	c.ringed, c.wantsRoom = true, false
	c.place = l.ring.Receive(c.fd, c.user())
	return true
}

// user is what comes with the completions of a connection.
func (c *epollConn) user() uint64 { return uint64(c.gen)<<32 | uint64(c.fd) }

// look takes the events that epoll has.
func (l *epoll) look() {
	l.ready = l.events[:l.waitEpoll(0, false)]
	l.more = len(l.ready) == len(l.events)
}

// complete handles the first completion of the ring.
func (l *epoll) complete() {
	done := *l.ring.First()
	l.ring.Took()
	switch done.User {
	case withdrawn:
		return
	case ofEpoll:
		if !done.GoesOn() {
			l.ring.Watch(l.fd, ofEpoll)
		}
		l.look()
		return
	}
	if c := l.conns[uint32(done.User)]; c != nil && c.user() == done.User { // otherwise it was closed since
		l.deliver(c, &done)
	}
	if i, ok := done.Buffer(); ok {
		l.ring.Put(i)
	}
}

// deliver handles what the ring has read from a connection.
func (l *epoll) deliver(c *epollConn, done *uring.Completion) {
	var p []byte
	var stamp sample.Instant
	var err error
	if i, ok := done.Buffer(); ok {
		var control []byte
		p, control = l.ring.Arrived(i, int(done.Res))
		stamp = stampIn(control)
	}
	if done.Res < 0 {
		err = syscall.Errno(-done.Res)
	}
	c.ends = !done.GoesOn()
	if err != unix.ENOBUFS && !c.take(p, stamp, err) {
		return
	}
	if c.ends && !c.closed { // all buffers are full, or so many completions wait
		c.ends = false
		c.place = l.ring.Receive(c.fd, c.user())
	}
}

// leave ends what the ring does for a connection that is to be closed. Closing the
// descriptor alone would not end the connection before the ring's next wait. And what the
// kernel has not heard of would go to the next connection with the same descriptor.
func (l *epoll) leave(c *epollConn) {
	if !c.ends && !l.ring.Withdraw(c.place) {
		shutSocket(c.fd)
	}
}
