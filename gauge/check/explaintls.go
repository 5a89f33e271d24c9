package check

import (
	"crypto/tls"
	"errors"
	"net"
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
		if found := flaws(sentChain(w.Err), config.ServerName, config.RootCAs, e.now, e.words); len(found) > 0 {
			return e.certificate(found)
		}
		return e.fault(CertificateInvalid, "install another certificate", "the certificate was not accepted: %s", text)
	case isVersionFault(w.Err):
		return e.fault(TLSVersion, "update the server's TLS, or set "+e.field("target.tls.min_version")+" to one that it has, such as \"1.0\"",
			"the TLS handshake found no version in common: %s; the flow takes %s and newer", text, versionName(config.MinVersion))
	case loadgen.IsAlert(w.Err):
		return e.alert(alertOf(w.Err), text)
	case f.Class == sample.TLSHandshake:
		return e.fault(TLSHandshake, "look at the server's TLS configuration"+e.pick(", and at target.tls", ""), "the TLS handshake failed: %s", text)
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
	do, also := e.mode("none"), ", and EHLO offers no STARTTLS"
	if offerIn(e.walk.OtherOffer).has("STARTTLS") {
		do, also = e.mode("starttls"), ", and EHLO offers STARTTLS"
	} else if e.walk.OtherOffer == nil {
		do, also = e.mode("starttls")+" or none", ""
	}
	return e.fault(TLSOnPlainPort, do, "a TLS hello was answered with SMTP in the clear: the server does not begin with TLS there%s", also)
}

// The alerts by which a server says what it lacks (RFC 8446, section 6.2).
const (
	handshakeFailure       tls.AlertError = 40
	badCertificate         tls.AlertError = 42
	unsupportedCertificate tls.AlertError = 43
	certificateRevoked     tls.AlertError = 44
	certificateExpired     tls.AlertError = 45
	certificateUnknown     tls.AlertError = 46
	unknownCA              tls.AlertError = 48
	accessDenied           tls.AlertError = 49
	protocolVersion        tls.AlertError = 70
	insufficientSecurity   tls.AlertError = 71
	internalError          tls.AlertError = 80
	unrecognizedName       tls.AlertError = 112
	certificateRequired    tls.AlertError = 116
)

// noAlert is none of the alerts: they have an octet, and 255 is not in use.
const noAlert tls.AlertError = 255

// alertOf is the alert by which the server ended a connection. crypto/tls has no exported
// type for it but in QUIC, with the same texts.
func alertOf(err error) tls.AlertError {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		for a := range noAlert {
			if a.Error() == op.Err.Error() {
				return a
			}
		}
	}
	return noAlert
}

// alert explains the alert of a server that ended the connection.
func (e *explainer) alert(a tls.AlertError, text string) *Fault {
	switch a {
	case certificateRequired:
		return e.fault(ClientCertificate, "set "+e.field("target.tls.cert and target.tls.key")+" to one that the server takes", "the server wants a certificate of the client: %s", text)
	case badCertificate, unsupportedCertificate, certificateRevoked, certificateExpired, certificateUnknown, unknownCA, accessDenied:
		return e.fault(ClientCertificate, "set "+e.field("target.tls.cert and target.tls.key")+" to one that the server takes", "the server did not accept the client's certificate, or wants one: %s", text)
	case handshakeFailure, insufficientSecurity:
		return e.fault(TLSHandshake, "look for the ciphers, groups and signatures that the server takes, and whether it wants a certificate of the client (target.tls.cert of a scenario)",
			"the server found nothing in common with the client's TLS: %s", text)
	case unrecognizedName:
		return e.fault(TLSHandshake, e.pick("set target.tls.server_name (--server-name) to", "give by --server-name")+" a name that the server has a certificate for", "the server does not know the name that the client asked for: %s", text)
	case internalError:
		return e.fault(TLSHandshake, "look into the server's log: it may not be able to read its certificate or key", "the server failed by itself in the TLS handshake: %s", text)
	}
	return e.fault(TLSHandshake, "look at the server's TLS configuration"+e.pick(", and at target.tls", ""), "the server ended the connection by a TLS alert: %s", text)
}

// isVersionFault tells whether a handshake failed because the two sides have no version
// of TLS in common.
func isVersionFault(err error) bool {
	// What crypto/tls finds by itself has no type.
	return alertOf(err) == protocolVersion || err != nil && strings.Contains(err.Error(), "protocol version")
}

// versionName names a version of TLS; 0 is crypto/tls's default.
func versionName(v uint16) string {
	if v == 0 {
		v = tls.VersionTLS12
	}
	return tls.VersionName(v)
}
