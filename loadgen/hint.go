package loadgen

import (
	"crypto/tls"
	"errors"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// late says what a reply that did not come in time was to, as far as that has a
// likely reason: a server that waits for a ClientHello says no banner. One that
// said a banner before is only slow.
func (s *session) late() string {
	if s.client.Awaiting() != sample.Banner {
		return "no reply within the limit"
	}
	text := "no banner within " + s.flow.flow.Timeouts.command().String()
	if t := &s.flow.flow.Target; t.Network != "unix" && s.flow.speech.TLS != sample.TLSImplicit && !s.flow.spoken {
		text += ": the server may be waiting for TLS here: try tls: implicit"
	}
	return text
}

// spokenTo adds the likely reason to what broke a connection: a server that
// speaks first answers a ClientHello with its banner.
func (s *session) spokenTo(err error, text string) string {
	var record tls.RecordHeaderError
	if s.flow.speech.TLS == sample.TLSImplicit && s.client.Awaiting() == sample.TLS && errors.As(err, &record) {
		text += ": the server may speak SMTP in the clear here: try tls: starttls or tls: none"
	}
	return text
}
