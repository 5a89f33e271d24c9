package gauge

import (
	"net"
	"net/netip"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

func TestOwnAddresses(t *testing.T) {
	own := []net.Addr{&net.IPNet{IP: net.IPv4(192, 0, 2, 7), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.ParseIP("2001:db8::7"), Mask: net.CIDRMask(64, 128)}}
	for text, want := range map[string]bool{
		"127.0.0.9": true, "::1": true, "192.0.2.7": true, "2001:db8::7": true,
		"192.0.2.8": false, "2001:db8::8": false, "198.51.100.1": false,
	} {
		if got := isOwn(netip.MustParseAddr(text), own); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestDialledPort(t *testing.T) {
	for _, c := range []struct {
		target loadgen.Target
		want   int
	}{
		{loadgen.Target{Port: 587}, 587},
		{loadgen.Target{Port: 25, Dial: "127.0.0.1:40123"}, 40123},
		{loadgen.Target{Dial: "/run/lmtp"}, 0},
	} {
		if got := dialledPort(&c.target); got != c.want {
			t.Errorf("%+v: port %d, want %d", c.target, got, c.want)
		}
	}
}
