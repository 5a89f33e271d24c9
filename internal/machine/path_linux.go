package machine

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// PathOf returns the smoothed round trip of a connection, and the MTU of its path.
func PathOf(c *net.TCPConn) (rtt time.Duration, mtu int, known bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, 0, false
	}
	var info *unix.TCPInfo
	err = raw.Control(func(fd uintptr) { info, known = tcpInfo(int(fd)) })
	if err != nil || !known {
		return 0, 0, false
	}
	return time.Duration(info.Rtt) * time.Microsecond, int(info.Pmtu), true
}

func tcpInfo(fd int) (*unix.TCPInfo, bool) {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return info, err == nil
}
