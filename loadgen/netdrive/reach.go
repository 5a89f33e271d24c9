package netdrive

import (
	"fmt"
	"net/netip"
)

// Local tells whether an address is on this machine or on a private network:
// loopback, private (RFC 1918, RFC 4193) or link-local (RFC 3927, RFC 4291).
// An IPv4-mapped address is what it maps. Those that a translator or a tunnel
// takes elsewhere (NAT64, 6to4, Teredo) are not, nor is the space that the
// customers of a provider share (RFC 6598), nor what is no single host's: the
// unspecified address, multicast and broadcast.
func Local(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// A StrangerError is an address that is not Local, where nobody has said that
// it may be loaded all the same. It was not connected to.
type StrangerError struct {
	Host string // as the user named it
	Addr netip.Addr
}

// Error says which address it is, and of which host.
func (e *StrangerError) Error() string {
	shown := e.Addr.String()
	if e.Host != "" && e.Host != shown {
		shown = fmt.Sprintf("%s (%s)", e.Host, shown)
	}
	return shown + " is neither loopback nor private"
}

// judge refuses what must not be connected to.
func (a *Addr) judge() error {
	if a.Path != "" || a.Permitted || Local(a.TCP.Addr()) {
		return nil
	}
	return &StrangerError{Addr: a.TCP.Addr()}
}
