package netdrive

import (
	"fmt"
	"math"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An opener opens sockets. A loop has one, whose memory the system calls use.
type opener struct {
	clock *clock
	began sample.Instant // when the last connect was called
	inet4 unix.RawSockaddrInet4
	inet6 unix.RawSockaddrInet6
	one   int32
	event unix.EpollEvent
}

// open makes a socket that does not block and stamps what it receives, and begins
// to connect it.
func (o *opener) open(a Addr) (int, error) {
	if err := a.judge(); err != nil {
		return -1, err
	}
	family := unix.AF_INET
	if a.Path != "" {
		family = unix.AF_UNIX
	} else if a.TCP.Addr().Is6() {
		family = unix.AF_INET6
	}
	n, _, errno := syscall.RawSyscall(unix.SYS_SOCKET, uintptr(family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	fd := int(n)
	if err := o.connect(fd, family, a); err != nil && err != unix.EINPROGRESS {
		closeSocket(fd)
		return -1, err
	}
	return fd, nil
}

func (o *opener) connect(fd, family int, a Addr) error {
	if family == unix.AF_UNIX {
		o.began, _ = o.clock.Now()
		return unix.Connect(fd, &unix.SockaddrUnix{Name: a.Path})
	}
	if err := o.prepare(fd, a); err != nil {
		return err
	}
	zone, err := scope(a.TCP.Addr())
	if err != nil {
		return err
	}
	var errno syscall.Errno
	o.began, _ = o.clock.Now()
	if family == unix.AF_INET {
		o.inet4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: networkOrder(a.TCP.Port()), Addr: a.TCP.Addr().As4()}
		_, _, errno = syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&o.inet4)), unsafe.Sizeof(o.inet4))
	} else {
		o.inet6 = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: networkOrder(a.TCP.Port()), Addr: a.TCP.Addr().As16(), Scope_id: zone}
		_, _, errno = syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&o.inet6)), unsafe.Sizeof(o.inet6))
	}
	switch {
	case errno == 0:
		return nil
	case errno == unix.EADDRNOTAVAIL && family == unix.AF_INET6 && !a.Source.IsValid() && !hasSource(a.TCP):
		return &OwnFault{"this machine has no IPv6 address to connect from: give an IPv4 address, or set target.family: ipv4 in a scenario"}
	}
	return errno
}

// prepare makes a TCP socket stamp what it receives, and binds it to the source
// address if there is one.
func (o *opener) prepare(fd int, a Addr) error {
	if err := o.set(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS); err != nil {
		return fmt.Errorf("SO_TIMESTAMPNS: %w", err)
	}
	if !a.Source.IsValid() {
		return nil
	}
	// So connect chooses the port, when it knows both addresses. If bind did,
	// all targets together would share the ports of one source address.
	if err := o.set(fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT); err != nil {
		return fmt.Errorf("IP_BIND_ADDRESS_NO_PORT: %w", err)
	}
	if a.Source.Is4() {
		return os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrInet4{Addr: a.Source.As4()}))
	}
	zone, err := scope(a.Source)
	if err != nil {
		return err
	}
	return os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrInet6{Addr: a.Source.As16(), ZoneId: zone}))
}

// set turns a socket option on.
func (o *opener) set(fd, level, option int) error {
	o.one = 1
	_, _, errno := syscall.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(option),
		uintptr(unsafe.Pointer(&o.one)), unsafe.Sizeof(o.one), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// setNoDelay turns Nagle's algorithm off.
func (o *opener) setNoDelay(fd int) error {
	if err := o.set(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY); err != nil {
		return fmt.Errorf("TCP_NODELAY: %w", err)
	}
	return nil
}

// arrivals are the events of what arrives.
const arrivals = unix.EPOLLIN | unix.EPOLLRDHUP

// watch makes an epoll instance watch fd, edge-triggered, for events. op is EPOLL_CTL_ADD or
// EPOLL_CTL_MOD.
func (o *opener) watch(epoll, op, fd int, gen, events uint32) error {
	o.event = unix.EpollEvent{Events: events | unix.EPOLLET&math.MaxUint32, Fd: int32(fd), Pad: int32(gen)}
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epoll), uintptr(op), uintptr(fd),
		uintptr(unsafe.Pointer(&o.event)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// unwatch makes an epoll instance watch fd no more.
func (o *opener) unwatch(epoll, fd int) error {
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(epoll), unix.EPOLL_CTL_DEL, uintptr(fd), 0, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// closeSocket closes fd. It ignores an error, because the descriptor is closed
// either way.
func closeSocket(fd int) {
	_, _, _ = syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
}

// networkOrder returns a port as it stands in a socket address: high octet first.
func networkOrder(port uint16) uint16 {
	return *(*uint16)(unsafe.Pointer(&[2]byte{byte(port >> 8), byte(port)}))
}
