package check

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// login reports a login that went well.
func (l *look) login() {
	took, done := l.walk.Took(sample.Auth)
	if !done || l.walk.Failure != nil && l.walk.Failure.Phase == sample.Auth {
		return
	}
	e := explainer{walk: l.walk, flow: l.flow}
	l.ok(Login, "%s is accepted after %s", e.login(), human.Duration(took))
}

// envelope reports an envelope, or a message, that was taken.
func (l *look) envelope(faulty bool) {
	w := l.walk
	if w.Accepted == 0 {
		return
	}
	if l.options.Send {
		took, _ := w.Took(sample.Body)
		l.ok(MessageSent, "one message was sent and accepted; the reply to its end took %s", human.Duration(took))
	} else if !faulty {
		l.ok(Envelope, "sender and recipient are accepted (RSET before any message)")
	}
}
