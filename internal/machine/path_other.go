//go:build !linux

package machine

import (
	"net"
	"time"
)

// PathOf returns false: this system does not say.
func PathOf(*net.TCPConn) (rtt time.Duration, mtu int, known bool) { return 0, 0, false }
