package mail

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/net/idna"
)

// withALabels puts the domain of an address in the form that every server takes
// (A-labels, RFC 5890 section 2.3.2.1), if the local part is ASCII: the address
// then needs no SMTPUTF8. Where the local part needs it, the domain may stay as
// it was written, and does. The address is checked already.
func withALabels(addr []byte) []byte {
	at := bytes.LastIndexByte(addr, '@')
	if at < 0 || isASCII(addr[at:]) || !isASCII(addr[:at]) {
		return addr
	}
	domain, err := ALabels(string(addr[at+1:]))
	if err != nil {
		return addr // a number made no domain of it: the server will not like it as it is, either
	}
	return append(addr[:at+1], domain...)
}

// ALabels puts a domain in the form that is ASCII alone, and lower case.
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
