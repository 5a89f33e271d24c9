package netdrive

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
)

// If a source address is not this machine's, the error is the kernel's, with the
// call it came from.
func TestForeignSourceIsReported(t *testing.T) {
	drivers(t, func(t *testing.T, d Driver) {
		a := tcp(listen(t, "tcp", "127.0.0.1:0", shout))
		for source, want := range map[string]error{
			"192.0.2.9":      syscall.EADDRNOTAVAIL,
			"2001:db8::9":    nil, // of another family: any error
			"fe80::1%nosuch": nil,
		} {
			a.Source = netip.MustParseAddr(source)
			p := dial(d, a, &peer{})
			drive(t, d, func() bool { return p.err != nil || p.up != 0 })
			p.conn.Close()
			if p.err == nil || want != nil && !errors.Is(p.err, want) {
				t.Errorf("%s: reported %v, want %v", source, p.err, want)
			}
			if call := new(os.SyscallError); want != nil && (!errors.As(p.err, &call) || call.Syscall != "bind") {
				t.Errorf("%s: %v is not of bind", source, p.err)
			}
		}
	})
}

func TestCheckSource(t *testing.T) {
	for source, want := range map[string]string{
		"127.0.0.1": "", "127.1.2.3": "", "192.0.2.9": "no address of this machine", "::ffff:192.0.2.9": "no address of this machine",
		"fe80::1%nosuch": "no interface nosuch",
	} {
		err := CheckSource(netip.MustParseAddr(source))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !errors.As(err, new(*OwnFault))) {
			t.Errorf("%s: want %q in %v", source, want, err)
		}
	}
}

func TestScope(t *testing.T) {
	for addr, want := range map[string]uint32{"fe80::1": 0, "fe80::1%7": 7, "127.0.0.1": 0} {
		if got, err := scope(netip.MustParseAddr(addr)); got != want || err != nil {
			t.Errorf("%s: interface %d, %v, want %d", addr, got, err, want)
		}
	}
	if _, err := scope(netip.MustParseAddr("fe80::1%nosuch")); err == nil {
		t.Error("an interface that is not there passes")
	}
}
