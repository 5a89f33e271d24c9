package check

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// encryption looks at TLS as the flow has it. If the flow has none, and the server offers
// STARTTLS, it looks at that.
func (l *look) encryption(ctx context.Context) {
	w := l.walk
	if w.Failure != nil && w.Failure.Phase == sample.TLS && isVersionFault(w.Err) {
		l.oldVersions(ctx)
		return
	}
	if l.flow.Session.Wire.TLS == sample.TLSNone {
		if w.greeted() && w.at.Path == "" { // a Unix socket needs none
			l.offeredTLS(ctx)
		}
		return
	}
	if w.TLS == nil {
		return
	}
	took, _ := w.Took(sample.TLS)
	l.ok(TLS, "%s, %s, %s; the handshake took %s", tls.VersionName(w.TLS.Version), tls.CipherSuiteName(w.TLS.CipherSuite), curveName(w.TLS.CurveID), human.Duration(took))
	l.certificate(w.TLS.PeerCertificates)
	l.oldVersions(ctx)
	if !l.isSlow() {
		l.curves(ctx)
	}
}

// offeredTLS tries STARTTLS although the flow does without.
func (l *look) offeredTLS(ctx context.Context) {
	if !offerIn(l.walk.Hello.Clear).has("STARTTLS") {
		l.add(Note, StartTLSMissing, "", "EHLO does not offer STARTTLS; the flow does without")
		return
	}
	w := l.visit(ctx, anyTLS(sample.TLSStart))
	if w.TLS == nil {
		text := "it came to nothing"
		if w.Failure != nil {
			text = w.Failure.Error()
		}
		l.add(Warning, StartTLSRefused, "look at the server's TLS configuration and its log", "EHLO offers STARTTLS, and it does not work: %s", text)
		return
	}
	l.ok(TLS, "STARTTLS works: %s, %s; the flow does without", tls.VersionName(w.TLS.Version), tls.CipherSuiteName(w.TLS.CipherSuite))
}

// anyTLS makes a flow turn to TLS with any server and any version.
func anyTLS(mode sample.TLSMode) func(f *loadgen.Flow) {
	return func(f *loadgen.Flow) {
		f.Session.Wire.TLS = mode
		if f.Target.TLS == nil {
			f.Target.TLS = &tls.Config{ServerName: strings.Trim(f.Target.Host, "[]")}
		}
		// The certificate is judged elsewhere; this says only whether there is TLS.
		f.Target.TLS.InsecureSkipVerify, f.Target.TLS.VerifyConnection = true, nil
		f.Target.TLS.MinVersion, f.Target.TLS.MaxVersion = tls.VersionTLS10, 0
		f.Target.TLS.CurvePreferences = nil
	}
}

// oldVersions finds out whether the server takes the versions that RFC 8996 forbids, and
// whether it has no other.
func (l *look) oldVersions(ctx context.Context) {
	w := l.visit(ctx, func(f *loadgen.Flow) {
		anyTLS(f.Session.Wire.TLS)(f)
		f.Target.TLS.MaxVersion = tls.VersionTLS11
	})
	switch {
	case w.TLS == nil:
		return
	case l.walk.TLS == nil:
		for i := range l.findings {
			if l.findings[i].ID == TLSVersion {
				l.findings[i].Says += "; the server has " + tls.VersionName(w.TLS.Version) + " and nothing newer, which RFC 8996 forbids"
			}
		}
	case len(l.flow.Session.Accounts) == 0 && relays(l.flow.Target.Port):
		l.add(Note, TLSOldVersion, "", "the server takes %s, which RFC 8996 forbids; between servers it is better than none (RFC 7435)", tls.VersionName(w.TLS.Version))
	default:
		l.add(Warning, TLSOldVersion, "turn TLS 1.0 and 1.1 off in the server (Postfix: smtpd_tls_protocols = >=TLSv1.2)",
			"the server takes %s, which RFC 8996 forbids", tls.VersionName(w.TLS.Version))
	}
}

// relays tells whether a port is the one between servers, where TLS is only an offer.
func relays(port int) bool {
	mode, usual := sample.UsualTLS(port)
	return usual && mode == sample.TLSNone
}

// curves lists the key exchanges that the server takes.
func (l *look) curves(ctx context.Context) {
	var taken []string
	for _, id := range []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521} {
		w := l.visit(ctx, func(f *loadgen.Flow) {
			anyTLS(f.Session.Wire.TLS)(f)
			f.Target.TLS.MinVersion = tls.VersionTLS12
			f.Target.TLS.CurvePreferences = []tls.CurveID{id}
		})
		if w.TLS != nil && w.TLS.CurveID == id {
			taken = append(taken, curveName(id))
		}
	}
	if len(taken) > 0 {
		l.ok(TLSCurves, "key exchanges that the server takes: %s", strings.Join(taken, ", "))
	}
}

// curveName names a key exchange as scenarios do.
func curveName(id tls.CurveID) string {
	return strings.Replace(id.String(), "CurveP", "P-", 1)
}

// soon is how long before its end a certificate is worth a warning.
const soon = 14 * 24 * time.Hour

// certificate judges the chain of a handshake that was done. The flow may accept any.
func (l *look) certificate(sent []*x509.Certificate) {
	config, now := l.flow.Target.TLS, time.Now()
	for _, f := range flaws(sent, config.ServerName, config.RootCAs, now, wordsOf(l.plan)) {
		l.add(Warning, f.id, f.do, "%s; the flow accepts any certificate (insecure)", f.means)
	}
	if len(sent) == 0 {
		return
	}
	left := sent[0].NotAfter.Sub(now)
	switch days := int(left / (24 * time.Hour)); {
	case left < 0:
	case left < soon:
		l.add(Warning, CertificateEndsSoon, "renew it on the server and reload the server", "the certificate expires on %s, in %s", day(sent[0].NotAfter), human.CountOf(int64(days), "day"))
	default:
		l.ok(Certificate, "for %s, until %s (%s), issued by %s", namesOf(sent[0]), day(sent[0].NotAfter), human.CountOf(int64(days), "day"), issuerOf(sent[0]))
	}
	if weak := weakness(sent[0]); weak != "" {
		l.add(Warning, CertificateWeak, "install a certificate with a key of ECDSA P-256 or RSA 2048 or more", "the certificate has %s", weak)
	}
}

// weakness says what is weak about a certificate's key or signature; "" for nothing.
func weakness(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n < 2048 {
			return "an RSA key of " + human.Count(int64(n)) + " bits"
		}
	case *ecdsa.PublicKey:
		if n := key.Curve.Params().BitSize; n < 256 {
			return "an ECDSA key of " + human.Count(int64(n)) + " bits"
		}
	}
	switch c.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return "a signature by " + c.SignatureAlgorithm.String()
	}
	return ""
}
