package serverside

import (
	"net"
	"net/netip"
	"testing"
)

// own7 are the addresses of a machine.
var own7 = Addresses{&net.IPNet{IP: net.IPv4(192, 0, 2, 7), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.ParseIP("2001:db8::7"), Mask: net.CIDRMask(64, 128)}}

func TestOwnAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"127.0.0.9": true, "::1": true, "192.0.2.7": true, "::ffff:192.0.2.7": true, "2001:db8::7": true,
		"192.0.2.8": false, "2001:db8::8": false, "198.51.100.1": false,
	} {
		if got := own7.Has(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// Addresses that no machine with a server has do not say who listens there.
func TestTargetsHere(t *testing.T) {
	for text, want := range map[string]int{"192.0.2.7": 2, "127.0.0.1": 2, "192.0.2.9": 0} {
		list := []Target{{Port: 25, Addresses: []netip.Addr{netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr(text)}, First: true}}
		got := own7.Here(list)
		if len(got) != 1 || len(got[0].Addresses) != want || got[0].Port != 25 || !got[0].First || len(list[0].Addresses) != 2 {
			t.Errorf("%s: %+v of %+v", text, got, list)
		}
	}
}
