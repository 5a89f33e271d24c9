package netdrive

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The calls here do not block, so they use RawSyscall: to tell Go's scheduler of
// each would cost half as much as the call itself.

// keepStamping opens a socket that asks for stamps, waits until the kernel gives
// them, and returns the socket. The kernel stamps what arrives only while some
// socket asks for it, and begins a while after the first one does. Without this
// socket the replies to the first connections would have no stamp.
func keepStamping() int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1 // then the first few replies are counted as unstamped
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err == nil {
		awaitStamps(fd)
	}
	return fd
}

// awaitStamps sends datagrams from the socket to itself until one is stamped when
// it arrives. One that is not gets the time at which it is read as its stamp, and
// that is later than the time taken just before.
func awaitStamps(fd int) {
	if unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}) != nil {
		return
	}
	self, err := unix.Getsockname(fd)
	if err != nil {
		return
	}
	var r receiver
	for range 50 {
		if unix.Sendto(fd, []byte{0}, 0, self) != nil {
			return
		}
		before := sample.Instant(time.Now().UnixNano())
		if _, stamp, err := r.receive(fd, 1); err != nil || stamp != 0 && stamp < before {
			return
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// A receiver reads from sockets, with the kernel's stamps. A loop has one, whose
// buffers all connections use.
type receiver struct {
	data [64 << 10]byte
	oob  [64]byte
	iov  unix.Iovec
	msg  unix.Msghdr
}

// receive reads at most limit bytes from fd, once. The stamp is that of the last
// segment read (SO_TIMESTAMPNS in socket(7)); 0 if the kernel gave none.
func (r *receiver) receive(fd, limit int) (p []byte, stamp sample.Instant, err error) {
	r.iov = unix.Iovec{Base: &r.data[0]}
	r.iov.SetLen(limit)
	r.msg = unix.Msghdr{Iov: &r.iov, Control: &r.oob[0]}
	r.msg.SetIovlen(1)
	r.msg.SetControllen(len(r.oob))
	for {
		n, _, errno := syscall.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&r.msg)), 0)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return nil, 0, errno
		}
		return r.data[:n], stampIn(r.oob[:min(int(r.msg.Controllen), len(r.oob))]), nil
	}
}

// stampIn finds SCM_TIMESTAMPNS among control messages. It is the only one asked for, so it
// is the first.
func stampIn(control []byte) sample.Instant {
	if len(control) < unix.CmsgLen(int(unsafe.Sizeof(unix.Timespec{}))) {
		return 0
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_TIMESTAMPNS {
		return 0
	}
	ts := (*unix.Timespec)(unsafe.Pointer(&control[unix.CmsgLen(0)]))
	return sample.Instant(ts.Nano())
}

// A sender makes one write of several buffers. It copies small ones together,
// which costs less than to have the kernel gather them.
type sender struct {
	iov   [16]unix.Iovec
	small [4 << 10]byte
}

// send writes bufs, or as many bytes of them as the socket takes.
func (s *sender) send(fd int, bufs [][]byte) (int, error) {
	if len(bufs) == 1 {
		return writeOnce(fd, bufs[0])
	}
	if length(bufs) > len(s.small) {
		return s.gather(fd, bufs)
	}
	n := 0
	for _, b := range bufs {
		n += copy(s.small[n:], b)
	}
	return writeOnce(fd, s.small[:n])
}

// length returns how many bytes bufs hold.
func length(bufs [][]byte) int {
	n := 0
	for _, b := range bufs {
		n += len(b)
	}
	return n
}

func writeOnce(fd int, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, _, errno := syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)))
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// gather makes the kernel take the buffers from where they are.
func (s *sender) gather(fd int, bufs [][]byte) (int, error) {
	count := 0
	for _, b := range bufs {
		if len(b) > 0 && count < len(s.iov) {
			s.iov[count].Base = &b[0]
			s.iov[count].SetLen(len(b))
			count++
		}
	}
	for {
		n, _, errno := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(fd), uintptr(unsafe.Pointer(&s.iov[0])), uintptr(count))
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// connectError returns why a connect failed; nil if it did not.
func connectError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if n != 0 {
		return syscall.Errno(n)
	}
	return nil
}

// A tcpInfo is what the kernel says of a connection (TCP_INFO in tcp(7)). A loop
// has one, which holds the last answer.
type tcpInfo struct {
	info unix.TCPInfo
	size uint32
}

// read asks about fd, and tells whether it got an answer.
func (i *tcpInfo) read(fd int) bool {
	i.size = uint32(unsafe.Sizeof(i.info))
	_, _, errno := syscall.RawSyscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_INFO,
		uintptr(unsafe.Pointer(&i.info)), uintptr(unsafe.Pointer(&i.size)), 0)
	return errno == 0
}

// established tells whether the connection is established.
func (i *tcpInfo) established() bool {
	const tcpEstablished = 1 // include/net/tcp_states.h
	return i.info.State == tcpEstablished
}

// roundTrip returns the time from the SYN to the SYN-ACK, if no data has been sent
// yet: until then the connection's round trip is that one sample. It returns 0 if
// the SYN had to be sent again, because the sample is then not the whole wait.
func (i *tcpInfo) roundTrip() time.Duration {
	if i.info.Total_retrans != 0 {
		return 0
	}
	return time.Duration(i.info.Rtt) * time.Microsecond
}

// shutSocket ends both directions of a connection, but keeps its descriptor.
func shutSocket(fd int) {
	_, _, _ = syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_RDWR, 0)
}

// threadCPU returns the processor time of the calling thread.
func threadCPU() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
