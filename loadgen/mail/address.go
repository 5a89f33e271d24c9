package mail

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// Limits of RFC 5321, 4.5.3.1. The path's 256 octets include its angle
// brackets.
const (
	maxLocal  = 64
	maxDomain = 255
	maxPath   = 254
)

// checkAddress returns an error if addr is neither a Mailbox of RFC 5321, 4.1.2,
// with the characters beyond ASCII that RFC 6531 adds, nor Postmaster.
func checkAddress(addr string) error {
	if isPostmaster(addr) {
		return nil
	}
	if !utf8.ValidString(addr) {
		return errors.New("is not UTF-8")
	}
	// No domain has an @ in it, but a quoted local part may.
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return errors.New("has no @ and domain")
	}
	local, domain := addr[:at], addr[at+1:]
	switch {
	case len(local) > maxLocal:
		return fmt.Errorf("has a local part of %d octets; %d are allowed", len(local), maxLocal)
	case len(domain) > maxDomain:
		return fmt.Errorf("has a domain of %d octets; %d are allowed", len(domain), maxDomain)
	case len(addr) > maxPath:
		return fmt.Errorf("has %d octets; %d are allowed", len(addr), maxPath)
	}
	if err := checkLocal(local); err != nil {
		return err
	}
	return checkDomain(domain)
}

// isPostmaster tells whether addr is the one recipient that needs no domain: every
// server has a postmaster (RFC 5321, 4.5.1).
func isPostmaster[S string | []byte](addr S) bool {
	return len(addr) == len("postmaster") && strings.EqualFold(string(addr), "postmaster")
}

func checkLocal(local string) error {
	if strings.HasPrefix(local, `"`) {
		return checkQuoted(local)
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" {
			return errors.New("has a local part that is empty or has a dot too many")
		}
		for _, r := range atom {
			if !isAtom(r) {
				return fmt.Errorf("has %q in its local part, which must be quoted for that", r)
			}
		}
	}
	return nil
}

// isAtom tells whether r is atext: RFC 5322, 3.2.3, and RFC 6531, 3.3.
func isAtom(r rune) bool {
	return isLetterDigit(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) || r >= utf8.RuneSelf
}

func isLetterDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func checkQuoted(local string) error {
	inner := local[1:]
	for len(inner) > 0 {
		r, n := utf8.DecodeRuneInString(inner)
		if r == '"' {
			break
		}
		if r == '\\' { // quoted-pairSMTP
			inner = inner[n:]
			if inner == "" {
				break
			}
			r, n = utf8.DecodeRuneInString(inner)
		}
		if r < ' ' || r == 0x7f {
			return fmt.Errorf("has %q in its local part, which cannot be quoted either", r)
		}
		inner = inner[n:]
	}
	if inner != `"` {
		return errors.New("has a local part that begins with a quote and does not end with one")
	}
	return nil
}

func checkDomain(domain string) error {
	if strings.HasPrefix(domain, "[") {
		return checkLiteral(domain)
	}
	if !isASCII(domain) {
		ascii, err := ALabels(domain)
		if err != nil {
			return fmt.Errorf("has the domain %q, which %w", domain, err)
		}
		domain = ascii
	}
	for label := range strings.SplitSeq(domain, ".") {
		switch {
		case label == "":
			return errors.New("has a domain that is empty or has a dot too many")
		case len(label) > 63:
			return errors.New("has more than 63 octets between two dots of its domain")
		case label[0] == '-' || label[len(label)-1] == '-':
			return fmt.Errorf("has %q in its domain, which may not begin or end with a hyphen", label)
		}
		for _, r := range label {
			if !isLetterDigit(r) && r != '-' {
				return fmt.Errorf("has %q in its domain, where letters, digits, dots and hyphens may be", r)
			}
		}
	}
	return nil
}

// checkLiteral accepts the address literals that have a meaning:
// [192.0.2.1] and [IPv6:2001:db8::1].
func checkLiteral(domain string) error {
	inner, closed := strings.CutSuffix(domain[1:], "]")
	number, tagged := strings.CutPrefix(inner, "IPv6:")
	ip, err := netip.ParseAddr(number)
	if !closed || err != nil || ip.Zone() != "" || ip.Is6() != tagged {
		return fmt.Errorf("has the domain %s, where an address is written [192.0.2.1] or [IPv6:2001:db8::1]", domain)
	}
	return nil
}
