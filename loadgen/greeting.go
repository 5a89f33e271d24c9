package loadgen

import (
	"crypto/tls"
	"crypto/x509"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// greeting returns how the server introduced itself. Only sessions that capture it
// come here.
func (s *session) greeting() *sample.Greeting {
	g := s.client.Hello()
	if s.secured {
		state := s.conn.TLS()
		g.TLS = securityOf(&state, s.client.Line)
	}
	return g
}

// securityOf describes a TLS connection. line makes a text of the server's harmless.
func securityOf(c *tls.ConnectionState, line func(string) string) *sample.Security {
	s := &sample.Security{
		Version: strings.TrimPrefix(tls.VersionName(c.Version), "TLS "),
		Cipher:  tls.CipherSuiteName(c.CipherSuite),
	}
	if c.CurveID != 0 {
		s.Group = groupName(c.CurveID)
	}
	if len(c.PeerCertificates) > 0 {
		s.Certificate = certificateOf(c.PeerCertificates[0], line)
	}
	return s
}

// groupName returns the name of a group as scenarios have it: P-256, where crypto/tls
// says CurveP256.
func groupName(id tls.CurveID) string {
	name := id.String()
	if bits, ok := strings.CutPrefix(name, "CurveP"); ok {
		return "P-" + bits
	}
	return name
}

func certificateOf(c *x509.Certificate, line func(string) string) sample.Certificate {
	names := certificateNames(c)
	for i := range names {
		names[i] = line(names[i])
	}
	out := sample.Certificate{Subject: line(c.Subject.CommonName), Names: names, Issuer: line(c.Issuer.CommonName), NotAfter: c.NotAfter.UTC()}
	if out.Subject == "" && len(names) > 0 {
		out.Subject = names[0]
	}
	if out.Issuer == "" {
		out.Issuer = line(strings.Join(c.Issuer.Organization, ", "))
	}
	return out
}

// certificateNames returns the DNS names and addresses of a certificate (RFC 5280,
// section 4.2.1.6), at most sample.MaxNames. A server may have thousands.
func certificateNames(c *x509.Certificate) []string {
	var names []string
	names = append(names, c.DNSNames[:min(len(c.DNSNames), sample.MaxNames)]...)
	for _, a := range c.IPAddresses[:min(len(c.IPAddresses), sample.MaxNames)] {
		names = append(names, a.String())
	}
	if len(c.DNSNames)+len(c.IPAddresses) > sample.MaxNames {
		names = append(names[:sample.MaxNames-1], "…")
	}
	return names
}
