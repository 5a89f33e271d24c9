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
// recipient because it is a sink looks the same. Nearly every server relays for its own
// machine, and many do for their network, so what was accepted shows an open relay only
// over the Internet.
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
	w := &Walk{Host: l.walk.Host, again: true}
	if converse(ctx, l.plan, &f, l.options.Options, l.walk.reached(), source, envelopeOnly, w) != nil {
		return
	}
	const took = "without a login it took a recipient in a domain that nobody serves (.invalid)"
	addr := l.walk.at.TCP.Addr()
	switch {
	case w.Accepted > 0 && addr.IsLoopback():
		l.add(Note, OpenRelay, "", took+": it relays for this machine, as servers mostly do over loopback; whether it does for others, only a check from another machine shows")
	case w.Accepted > 0 && (addr.IsPrivate() || addr.IsLinkLocalUnicast()):
		l.add(Warning, OpenRelay, "let the server relay only for networks that it has to (Postfix: mynetworks, smtpd_relay_restrictions)",
			took+": it relays for this machine's network, and perhaps for everybody")
	case w.Accepted > 0:
		l.add(Error, OpenRelay, "let the server relay only after a login (Postfix: smtpd_relay_restrictions)", took+": it is an open relay, or takes all mail")
	case len(w.Refusals) > 0 && w.Refusals[0].Code >= 500:
		f := &w.Refusals[0]
		l.ok(Relaying, "does not relay without a login: %s was answered %s", map[bool]string{true: "RCPT", false: "MAIL"}[f.Phase == sample.Rcpt], reply(f))
	}
}
