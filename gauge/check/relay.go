package check

import (
	"context"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// The envelope that no server should take from a client without a login: no server
// serves the domain of its recipient (RFC 6761 section 6.4).
const (
	strangersSender    = "smtpgauge-check@example.org"
	strangersRecipient = "smtpgauge-check@relay-check.invalid"
)

// relay finds out whether the server relays without a login. That a server takes every
// recipient because it is a sink looks the same.
func (l *look) relay(ctx context.Context) {
	if takesAll := l.options.TakesAll; takesAll != nil && takesAll(l.flow) || l.flow.Session.Wire.LMTP || l.walk.at.Path != "" {
		return
	}
	source, err := mail.New(mail.Options{From: strangersSender, To: []string{strangersRecipient}})
	if err != nil {
		panic(err) // both addresses are constants
	}
	f := *l.flow
	f.Session.Accounts = nil
	w := &Walk{Host: l.walk.Host}
	if converse(ctx, l.plan, &f, l.options.Options, l.walk.reached(), source, envelopeOnly, w) != nil {
		return
	}
	switch {
	case w.Accepted > 0 && l.walk.at.TCP.Addr().IsLoopback():
		l.add(Warning, OpenRelay, "let the server relay only after a login; if it is to relay for this machine alone, check it from another",
			"without a login it took a recipient in a domain that nobody serves (.invalid): it relays for this machine, and perhaps for everybody")
	case w.Accepted > 0:
		l.add(Error, OpenRelay, "let the server relay only after a login (Postfix: smtpd_relay_restrictions)",
			"without a login it took a recipient in a domain that nobody serves (.invalid): it is an open relay, or takes all mail")
	case len(w.Refusals) > 0 && w.Refusals[0].Code >= 500:
		f := &w.Refusals[0]
		l.ok(Relaying, "does not relay without a login: %s was answered %s", map[bool]string{true: "RCPT", false: "MAIL"}[f.Phase == sample.Rcpt], reply(f))
	}
}
