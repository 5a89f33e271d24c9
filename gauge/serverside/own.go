package serverside

import (
	"net"
	"net/netip"
	"slices"
)

// Addresses are those of this machine.
type Addresses []net.Addr

// OwnAddresses are the addresses of this machine's interfaces; none if they are not known.
func OwnAddresses() Addresses {
	list, _ := net.InterfaceAddrs()
	return list
}

// Has tells whether an address is one of them, or of loopback.
func (own Addresses) Has(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	return at.IsLoopback() || slices.ContainsFunc(own, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == at
	})
}

// Here are targets as they are known on the server's machine. If it has none of a target's
// addresses, they are a balancer's, or are translated on the way, and do not say who listens
// here: then they are not known.
func (own Addresses) Here(list []Target) []Target {
	here := slices.Clone(list)
	for i := range here {
		if !slices.ContainsFunc(here[i].Addresses, own.Has) {
			here[i].Addresses = nil
		}
	}
	return here
}
