package check

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Each alert is explained by itself, before and after the client's part of the handshake.
func TestAlertsAreExplained(t *testing.T) {
	for _, c := range []struct {
		alert tls.AlertError
		id    ID
		says  string
	}{
		{certificateRequired, ClientCertificate, "the server wants a certificate of the client"},
		{badCertificate, ClientCertificate, "did not accept the client's certificate"},
		{unknownCA, ClientCertificate, "did not accept the client's certificate"},
		{handshakeFailure, TLSHandshake, "nothing in common with the client's TLS"},
		{insufficientSecurity, TLSHandshake, "nothing in common with the client's TLS"},
		{unrecognizedName, TLSHandshake, "does not know the name"},
		{internalError, TLSHandshake, "failed by itself"},
		{protocolVersion, TLSVersion, "no version in common"},
		{20, TLSHandshake, "ended the connection by a TLS alert"},
	} {
		for _, state := range []*tls.ConnectionState{nil, {}} {
			err := &net.OpError{Op: "remote error", Err: c.alert}
			w := &Walk{Err: err, TLS: state}
			e := &explainer{w, &loadgen.Flow{Name: "a", Target: loadgen.Target{TLS: &tls.Config{MinVersion: tls.VersionTLS12}}}, words{}, time.Now()}
			got := e.tls(&sample.Failure{Phase: sample.TLS, Class: sample.TLSHandshake, Text: err.Error()})
			if got.ID != c.id || !strings.Contains(got.Says, c.says) {
				t.Errorf("alert %d: %s, %s; want %s, %q", c.alert, got.ID, got.Says, c.id, c.says)
			}
		}
	}
	if a := alertOf(errors.New("remote error: tls: bad certificate")); a != noAlert {
		t.Errorf("alert %d of an error that is none", a)
	}
}
