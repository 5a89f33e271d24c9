package loadgen

import (
	"crypto/tls"
	"errors"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// timeoutReason describes a reply that did not come in time. If the banner did not
// come, there is a likely reason: a server that waits for a ClientHello sends no
// banner. A server that has sent one before in this round is only slow.
func (s *session) timeoutReason() string {
	if s.client.Awaiting() != sample.Banner {
		return "no reply within the limit"
	}
	text := "no banner within " + seconds(s.flow.flow.Timeouts.command())
	if t := &s.flow.flow.Target; t.Network != "unix" && s.flow.wireOptions.TLS != sample.TLSImplicit && !s.flow.bannerSeen {
		text += ": the server may be waiting for TLS here: try tls: implicit"
	}
	return text
}

// withHint adds the likely reason if a handshake got something other than TLS: a
// server that speaks first answers a ClientHello with its banner.
func (s *session) withHint(err error, text string) string {
	var record tls.RecordHeaderError
	if s.flow.wireOptions.TLS == sample.TLSImplicit && s.client.Awaiting() == sample.TLS && errors.As(err, &record) {
		text += ": the server may speak SMTP in the clear here: try tls: starttls or tls: none"
	}
	return text
}

// seconds writes a limit for people: "30 s".
func seconds(limit time.Duration) string {
	return strconv.FormatFloat(limit.Seconds(), 'f', -1, 64) + " s"
}
