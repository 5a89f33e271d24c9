package listening

import (
	"net"
	"strconv"
	"testing"
)

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"9464", ":9464", "0.0.0.0:9464", "[::1]:0", "65536", "-1", "host:http", "", "::1", "a:b:c", "+1", "00009464", "[fe80::1%eth0]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := ParseAddress(text)
		if err != nil {
			return
		}
		host, port, err := net.SplitHostPort(address)
		n, bad := strconv.Atoi(port)
		if err != nil || bad != nil || n < 0 || n > 65535 || host == "" {
			t.Errorf("%q is %q", text, address)
		}
		if again, err := ParseAddress(address); err != nil || again != address {
			t.Errorf("%q is %q, and read again %q, %v", text, address, again, err)
		}
	})
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		":9464": "127.0.0.1:9464", "9464": "127.0.0.1:9464", ":0": "127.0.0.1:0", "0.0.0.0:9464": "0.0.0.0:9464",
		"[::]:9464": "[::]:9464", "localhost:9464": "localhost:9464", ":09464": "127.0.0.1:9464",
	} {
		if got, err := ParseAddress(text); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "localhost", "::", "::1", ":http", ":65536", ":-1", "99999999999999999999", "127.0.0.1:9464/metrics"} {
		if got, err := ParseAddress(text); err == nil {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
}
