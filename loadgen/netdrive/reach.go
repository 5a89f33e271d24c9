package netdrive

import (
	"fmt"
	"net/netip"
)

// Local tells whether an address is on this machine or on a private network:
// loopback, private (RFC 1918, RFC 4193) or link-local (RFC 3927, RFC 4291). An
// IPv4-mapped address counts as the IPv4 address in it. Not local are addresses
// that a translator or a tunnel takes elsewhere (NAT64, 6to4, Teredo), the space
// that the customers of a provider share (RFC 6598), and what is not one host:
// the unspecified address, multicast and broadcast.
func Local(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// A StrangerError says that an address is not Local, and that nobody permitted to
// load it. No connection to it was made.
type StrangerError struct {
	Host string // as the user named it
	Addr netip.Addr
}

// Error names the address and its host.
func (e *StrangerError) Error() string {
	shown := e.Addr.String()
	if e.Host != "" && e.Host != shown {
		shown = fmt.Sprintf("%s (%s)", e.Host, shown)
	}
	return shown + " is neither loopback nor private"
}

// judge refuses an address that must not be connected to.
func (a *Addr) judge() error {
	if a.Path != "" || a.Permitted || Local(a.TCP.Addr()) {
		return nil
	}
	return &StrangerError{Addr: a.TCP.Addr()}
}
