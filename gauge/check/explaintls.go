package check

import (
	"crypto/tls"
	"errors"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// tls explains a handshake that failed.
func (e *explainer) tls(f *sample.Failure) *Fault {
	w, config := e.walk, e.flow.Target.TLS
	text := printable.Text(f.Text)
	switch {
	case w.OtherMode:
		return e.plainPort()
	case f.Class == sample.TLSCertificate:
		if found := flaws(sentChain(w.Err), config.ServerName, config.RootCAs, e.now); len(found) > 0 {
			return e.certificate(found)
		}
		return e.fault(CertificateInvalid, "install another certificate", "the certificate was not accepted: %s", text)
	case w.TLS != nil && loadgen.IsAlert(w.Err):
		return e.fault(ClientCertificate, "set target.tls.cert and target.tls.key to one that the server takes", "the server did not accept the client's certificate, or wants one: %s", text)
	case isVersionFault(w.Err):
		return e.fault(TLSVersion, "update the server's TLS, or set target.tls.min_version to one that it has, such as \"1.0\"",
			"the TLS handshake found no version in common: %s; the flow takes %s and newer", text, versionName(config.MinVersion))
	case f.Class == sample.TLSHandshake:
		return e.fault(TLSHandshake, "look at the server's TLS configuration, and at target.tls", "the TLS handshake failed: %s", text)
	}
	return e.lost(f)
}

// certificate explains what is wrong with a certificate, all of it in one fault: whoever
// renews it can mend the rest as well.
func (e *explainer) certificate(found []flaw) *Fault {
	var means, do []string
	for _, f := range found {
		means, do = append(means, f.means), append(do, f.do)
	}
	return e.fault(found[0].id, strings.Join(do, "; "), "the TLS handshake failed: %s", strings.Join(means, "; "))
}

// plainPort says that TLS met SMTP in the clear, and what the server offers there.
func (e *explainer) plainPort() *Fault {
	do, also := "set the flow's tls: none (--tls none)", ", and EHLO offers no STARTTLS"
	if offerIn(e.walk.OtherOffer).has("STARTTLS") {
		do, also = "set the flow's tls: starttls (--tls starttls)", ", and EHLO offers STARTTLS"
	} else if e.walk.OtherOffer == nil {
		do, also = "set the flow's tls: starttls or none (--tls)", ""
	}
	return e.fault(TLSOnPlainPort, do, "a TLS hello was answered with SMTP in the clear: the server does not begin with TLS there%s", also)
}

// isVersionFault tells whether a handshake failed because the two sides have no version
// of TLS in common.
func isVersionFault(err error) bool {
	const protocolVersion = 70 // RFC 8446 section 6
	var alert tls.AlertError
	if errors.As(err, &alert) && alert == protocolVersion {
		return true
	}
	// crypto/tls has no type for the others.
	return err != nil && strings.Contains(err.Error(), "protocol version")
}

// versionName names a version of TLS; 0 is crypto/tls's default.
func versionName(v uint16) string {
	if v == 0 {
		v = tls.VersionTLS12
	}
	return tls.VersionName(v)
}
