package netdrive

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

func TestLocal(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1": true, "127.255.255.254": true, "::1": true, "10.0.0.1": true, "172.16.0.1": true, "172.31.255.255": true,
		"192.168.255.1": true, "169.254.1.1": true, "fe80::1%lo": true, "fc00::1": true, "fdff::1": true, "::ffff:127.0.0.1": true, "::ffff:10.1.1.1": true,

		"8.8.8.8": false, "172.32.0.1": false, "172.15.255.255": false, "192.169.0.1": false, "128.0.0.1": false, "126.255.255.255": false,
		"100.64.0.1": false, "100.127.255.255": false, // shared by a provider's customers
		"0.0.0.0": false, "::": false, "0.0.0.1": false, "255.255.255.255": false, "224.0.0.1": false, "239.1.1.1": false,
		"ff02::1": false, "ff02::1%lo": false, "ff01::1": false,
		"::ffff:8.8.8.8": false, "::ffff:8.8.8.8%lo": false, "::ffff:0.0.0.0": false, "::127.0.0.1": false, "2001:db8::1": false, "2606:4700::1111": false,
		"64:ff9b::808:808": false, "64:ff9b::7f00:1": false, "64:ff9b:1::a00:1": false, // NAT64
		"2002:0808:0808::1": false, "2002:7f00:1::1": false, // 6to4
		"2001:0:7f00:1::1": false, "fec0::1": false, "2001:db8::1%lo": false,
	} {
		if got := Local(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: local %v, want %v", addr, got, want)
		}
	}
	if Local(netip.Addr{}) {
		t.Error("no address at all is local")
	}
}

// The drivers themselves refuse what nobody has permitted, so that no caller can
// forget to check.
func TestStrangersAreNotDialed(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		for _, addr := range []string{"192.0.2.1:25", "[::ffff:192.0.2.1]:25", "[2001:db8::1]:25", "0.0.0.0:25", "[64:ff9b::7f00:1]:25"} {
			p := dial(d, Addr{TCP: netip.MustParseAddrPort(addr)}, &peer{})
			drive(t, d, func() bool { return p.err != nil })
			p.conn.Close()
			var stranger *StrangerError
			if !errors.As(p.err, &stranger) || stranger.Addr != netip.MustParseAddrPort(addr).Addr() {
				t.Errorf("%s: %v", addr, p.err)
			}
		}
		// An address that is permitted is connected to, although it is not
		// local. This one is the machine's own on every system that accepts it.
		a := tcp(listen(t, "tcp", "0.0.0.0:0", func(net.Conn) {}))
		a.TCP, a.Permitted = netip.AddrPortFrom(netip.IPv4Unspecified(), a.TCP.Port()), true
		p := dial(d, a, &peer{})
		drive(t, d, func() bool { return p.err != nil })
		p.conn.Close()
		if stranger := (*StrangerError)(nil); errors.As(p.err, &stranger) {
			t.Errorf("permitted: %v", p.err)
		}
	})
}
