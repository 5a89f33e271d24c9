package netdrive

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// An OwnFault is an error that this machine or its user has to mend. The server
// had no part in it.
type OwnFault struct{ Text string }

// Error says what is wrong and what to do.
func (e *OwnFault) Error() string { return e.Text }

// CheckSource returns an error if nothing can connect from an address of this
// machine: an *OwnFault that says why.
func CheckSource(a netip.Addr) error {
	if _, err := scope(a); err != nil {
		return err
	}
	// The list of interfaces does not say which addresses can be bound: all of
	// 127.0.0.0/8 can, and so can those that a route makes local.
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)))
	switch {
	case err == nil:
		return c.Close()
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return &OwnFault{fmt.Sprintf("%s is no address of this machine: nothing can connect from it", a)}
	}
	return &OwnFault{fmt.Sprintf("nothing can connect from %s: %s", a, Reason(err))}
}

// scope returns the index of the interface that an address's zone names; 0 if it
// has no zone.
func scope(a netip.Addr) (uint32, error) {
	zone := a.Zone()
	if zone == "" {
		return 0, nil
	}
	if index, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(index), nil
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, &OwnFault{fmt.Sprintf("%s: this machine has no interface %s", a, zone)}
	}
	return uint32(i.Index), nil
}

// hasSource tells whether this machine has an address from which it can reach
// another. If it has none, for example because IPv6 is turned off, connect fails
// with the same error as if all ports were in use.
func hasSource(to netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to)) // sends nothing
	if err == nil {
		_ = c.Close()
	}
	return !errors.Is(err, syscall.EADDRNOTAVAIL)
}
