package check

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// A flaw is one thing that is wrong with a certificate, or with its chain.
type flaw struct {
	id        ID
	means, do string
}

// flaws returns what is wrong with the chain that a server sent, the worst first. The
// name is the one that it has to be for; nil roots are the system's. as are the words for
// what to do.
func flaws(sent []*x509.Certificate, name string, roots *x509.CertPool, now time.Time, as words) []flaw {
	if len(sent) == 0 {
		return []flaw{{CertificateInvalid, "the server sent no certificate", "look at the server's TLS configuration"}}
	}
	var found []flaw
	for i, c := range sent {
		whose := "the certificate"
		if i > 0 {
			whose = "the certificate of the authority " + nameOf(c)
		}
		if now.After(c.NotAfter) {
			found = append(found, flaw{
				CertificateExpired, whose + " expired on " + day(c.NotAfter),
				"renew it on the server and reload the server",
			})
		}
		if now.Before(c.NotBefore) {
			found = append(found, flaw{
				CertificateNotYetValid, whose + " is not valid before " + day(c.NotBefore),
				"set this machine's clock, or install a certificate that is valid now",
			})
		}
	}
	if name != "" && sent[0].VerifyHostname(strings.Trim(name, "[]")) != nil {
		found = append(found, flaw{
			CertificateWrongName, "the certificate is for " + namesOf(sent[0]) + ", not for " + printable.Text(name),
			as.pick("set target.tls.server_name (--server-name) to", "give by --server-name") + " a name that it is for, or install one for " + printable.Text(name),
		})
	}
	if f, untrusted := distrust(sent, roots, as); untrusted {
		found = append(found, f)
	}
	return found
}

// distrust tells whether a chain leads to no authority that is trusted, and why. It
// leaves names and dates alone.
func distrust(sent []*x509.Certificate, roots *x509.CertPool, as words) (flaw, bool) {
	leaf := sent[0]
	o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: validTime(sent)}
	for _, c := range sent[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := leaf.Verify(o)
	var unknown x509.UnknownAuthorityError
	switch {
	case err == nil:
		return flaw{}, false
	case !errors.As(err, &unknown):
		var dates x509.CertificateInvalidError
		if errors.As(err, &dates) && dates.Reason == x509.Expired {
			return flaw{}, false // of an authority that was not sent, or dates that do not overlap
		}
		return flaw{CertificateInvalid, printable.Text(err.Error()), "install another certificate"}, true
	}
	last, ca := sent[len(sent)-1], as.pick("target.tls.ca (--ca)", "--ca")
	issuer := printable.Text(last.Issuer.String())
	switch {
	case selfIssued(leaf):
		return flaw{
			CertificateSelfSigned, "the certificate is signed by itself, and nobody else vouches for it",
			"save it to a file for " + ca + ", or " + as.pick("set insecure: true (--insecure)", "add --insecure"),
		}, true
	case !selfIssued(last) && len(sent) == 1 && (roots != nil || len(leaf.IssuingCertificateURL) > 0):
		return flaw{
			CertificateChainIncomplete, "the server sent only its own certificate, and its issuer " + issuer + " is not among those trusted here: either that is another authority than the one given, or the server leaves out what is between them",
			"put the certificate of that issuer into the file for " + ca + ", or have the server send the whole chain",
		}, true
	}
	return flaw{
		CertificateUnknownAuthority, "its authority " + issuer + " is not trusted here",
		"put the authority's certificate into a file for " + ca,
	}, true
}

// validTime returns a time at which all certificates are valid, if there is one.
func validTime(sent []*x509.Certificate) time.Time {
	latest := sent[0].NotBefore
	for _, c := range sent[1:] {
		if c.NotBefore.After(latest) && c.NotBefore.Before(sent[0].NotAfter) {
			latest = c.NotBefore
		}
	}
	return latest.Add(time.Second)
}

func selfIssued(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject)
}

// sentChain returns the chain that a handshake failed for; nil if that was not why.
func sentChain(err error) []*x509.Certificate {
	var verify *tls.CertificateVerificationError
	if errors.As(err, &verify) {
		return verify.UnverifiedCertificates
	}
	return nil
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// nameOf returns what a certificate is called.
func nameOf(c *x509.Certificate) string {
	return printable.Text(cmp.Or(c.Subject.CommonName, c.Subject.String()))
}

// issuerOf returns what the issuer of a certificate is called.
func issuerOf(c *x509.Certificate) string {
	return printable.Text(cmp.Or(c.Issuer.CommonName, c.Issuer.String()))
}

// maxNames bounds how many names of a certificate are shown.
const maxNames = 3

// namesOf lists what a certificate is for.
func namesOf(c *x509.Certificate) string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, net.IP(ip).String())
	}
	if len(names) == 0 {
		return "no name (its subject is " + printable.Text(c.Subject.String()) + ")"
	}
	more := ""
	if len(names) > maxNames {
		more = fmt.Sprintf(" and %d more", len(names)-maxNames)
		names = names[:maxNames]
	}
	return printable.Text(strings.Join(names, ", ")) + more
}
