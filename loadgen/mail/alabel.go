package mail

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/net/idna"
)

// withALabels puts the domain of an address in the form that every server takes
// (A-labels, RFC 5890 section 2.3.2.1) if the local part is ASCII. The address then
// needs no SMTPUTF8. If the local part needs SMTPUTF8, the domain may stay as it was
// written, and does. checkAddress has checked the address.
func withALabels(addr []byte) []byte {
	at := bytes.LastIndexByte(addr, '@')
	if at < 0 || isASCII(addr[at:]) || !isASCII(addr[:at]) {
		return addr
	}
	domain, err := ALabels(string(addr[at+1:]))
	if err != nil {
		return addr // its number makes it no domain, so the server will refuse it
	}
	return append(addr[:at+1], domain...)
}

// ALabels returns a domain in its ASCII form (A-labels, RFC 5890), in lower case.
// The text of an error goes on after the domain: "is no ...".
func ALabels(domain string) (string, error) {
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", errors.New("is no international domain name (RFC 5891)")
	}
	if len(ascii) > maxDomain {
		return "", fmt.Errorf("has %d octets as %s; %d are allowed", len(ascii), ascii, maxDomain)
	}
	return ascii, nil
}
