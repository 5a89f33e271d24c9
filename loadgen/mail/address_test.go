package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// An address that passes the check makes one command, whatever is in it.
func FuzzAddress(f *testing.F) {
	for _, addr := range []string{
		"a@example.test", `"a b"@example.test`, `"a\"b"@example.test`, `"a@b"@[192.0.2.1]`, "a@[IPv6:2001:db8::1]", "ü@exämple.test", "a.b@x", `"\`, `""@x`,
		"a>b@x", "\"a\r\nb\"@x", "a@b@c", "@", "a@-x", "a@[::1%eth0]", "a@x.", strings.Repeat("a", 65) + "@x", "\"\x7f\"@x", "a@\u202e.x",
	} {
		f.Add(addr)
	}
	f.Fuzz(func(t *testing.T, addr string) {
		if checkAddress(addr) != nil {
			return
		}
		if strings.ContainsFunc(addr, func(r rune) bool { return r < ' ' || r == 0x7f }) || !utf8.ValidString(addr) || len(addr) > maxPath {
			t.Errorf("%q was taken", addr)
		}
		// A server reads the path up to the first > outside of quotes.
		quoted, escaped := false, false
		for i := range len(addr) {
			switch b := addr[i]; {
			case escaped:
				escaped = false
			case quoted && b == '\\':
				escaped = true
			case b == '"':
				quoted = !quoted
			case !quoted && strings.IndexByte("<> ", b) >= 0:
				t.Fatalf("%q was taken, and ends at its octet %d", addr, i)
			}
		}
		if quoted || escaped {
			t.Errorf("%q was taken, and has no end", addr)
		}
	})
}
