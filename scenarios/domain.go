package scenarios

import (
	"net/netip"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
)

// domainPattern matches the domains that may be allowed: names, also those
// beyond ASCII, and the address literals of RFC 5321, section 4.1.3.
const domainPattern = `^((\*\.)?[^\x00-,/:-@\[-^` + "`" + `{-\x7f]{1,255}|\[(IPv6:)?[0-9A-Fa-f:.]+\])$`

// reservedDomains are those nobody receives mail at: RFC 2606, RFC 6761.
var reservedDomains = []string{"test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"}

// reserved tells whether mail to a domain reaches nobody, or is allowed to. A
// domain with a leading dot stands for some name below it.
func reserved(name string, allowed []string) bool {
	name = canonicalDomain(name)
	if a, ok := literalAddr(name); ok && netdrive.Local(a) {
		return true
	}
	for _, r := range reservedDomains {
		if name == r || strings.HasSuffix(name, "."+r) {
			return true
		}
	}
	for _, a := range allowed {
		if ip, err := netip.ParseAddr(a); err == nil { // without its brackets it is no domain, and means the same
			a = "[" + ip.String() + "]"
		}
		below, all := strings.CutPrefix(strings.TrimSuffix(a, "."), "*")
		if below = canonicalDomain(below); all && strings.HasSuffix(name, below) || name == below && !all {
			return true
		}
	}
	return false
}

// canonicalDomain is a domain as it is compared: of all ways to write it the
// same. International names have two (RFC 5890), addresses have many.
func canonicalDomain(name string) string {
	if a, ok := literalAddr(name); ok {
		return "[" + a.String() + "]"
	}
	below, dotted := strings.CutPrefix(name, ".")
	if ascii, err := mail.ALabels(below); err == nil && dotted {
		return "." + ascii
	} else if err == nil {
		return ascii
	}
	return strings.ToLower(name)
}

// literalAddr is the address that an address literal is of.
func literalAddr(name string) (netip.Addr, bool) {
	inner, open := strings.CutPrefix(name, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !open || !closed {
		return netip.Addr{}, false
	}
	if len(inner) > 5 && strings.EqualFold(inner[:5], "ipv6:") {
		inner = inner[5:]
	}
	a, err := netip.ParseAddr(inner)
	return a.Unmap(), err == nil
}
