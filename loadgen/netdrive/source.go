package netdrive

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// An OwnFault is a failure that is for this machine or its user to mend: the
// server had no part in it.
type OwnFault struct{ Text string }

// Error says what is wrong, and what to do.
func (e *OwnFault) Error() string { return e.Text }

// CheckSource tells whether connections can be made from an address: the error
// is an *OwnFault that says why not.
func CheckSource(a netip.Addr) error {
	if _, err := scope(a); err != nil {
		return err
	}
	// Whether an address may be bound is not a matter of the interfaces alone:
	// all of 127.0.0.0/8 may, and what a route makes local.
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)))
	switch {
	case err == nil:
		return c.Close()
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return &OwnFault{fmt.Sprintf("%s is no address of this machine: nothing can connect from it", a)}
	}
	return &OwnFault{fmt.Sprintf("nothing can connect from %s: %s", a, Reason(err))}
}

// scope is the interface of an address with a zone, 0 for others.
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

// hasSource tells whether this machine has an address to reach another from.
// Where IPv6 is turned off, say, it has none, and connect fails as it does where
// all ports are in use.
func hasSource(to netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to)) // sends nothing
	if err == nil {
		_ = c.Close()
	}
	return !errors.Is(err, syscall.EADDRNOTAVAIL)
}
