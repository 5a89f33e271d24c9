package check

import (
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// unexpected leaves out the refusals that the flow expects.
func unexpected(refusals []sample.Failure, e sample.Expectation) []sample.Failure {
	return slices.DeleteFunc(slices.Clone(refusals), func(f sample.Failure) bool { return e.Covers(f.Phase, f.Class) })
}

// refusals explains why the server took no envelope, or not each. What it refuses for
// good counts more than what it refuses for now.
func (e *explainer) refusals(list []sample.Failure) *Fault {
	w := e.walk
	worst := list[0]
	for _, f := range list {
		if f.Code/100 != 4 {
			worst = f
			break
		}
	}
	found := e.refusal(&worst)
	found.Failure = &worst
	found.Passing = found.Passing || w.Accepted > 0
	if w.Accepted > 0 {
		found.Says += "; others were taken"
	}
	return found
}

// refusable are the steps of a transaction.
var refusable = map[sample.Phase]string{
	sample.Mail: "the sender (MAIL FROM)", sample.Rcpt: "a recipient (RCPT TO)", sample.Data: "DATA", sample.Body: "the message",
}

func (e *explainer) refusal(f *sample.Failure) *Fault {
	answered := refusable[f.Phase] + " was answered " + reply(f)
	said := strings.ToLower(f.Example())
	switch {
	case f.Code >= 400 && f.Code < 500:
		return e.passing(RefusedForNow, "wait, and look into the server's log", "%s: the server refuses for now", answered)
	case f.Class == sample.StartTLSMissing:
		return e.fault(TLSDemanded, e.mode("starttls"), "%s: the server wants STARTTLS first", answered)
	case f.Class == sample.AuthMissing:
		return e.fault(LoginDemanded, e.pick("give the flow an auth", "add --user"), "%s: the server wants a login first", answered)
	case f.Class == sample.TooBig && f.Code == 0:
		return e.fault(MessageTooBig, e.smaller(), "%s", f.Text)
	case f.Class == sample.TooBig:
		return e.fault(MessageTooBig, e.smaller(), "%s: the message is over the server's limit", answered)
	case f.Code == 0:
		return e.fault(ExtensionMissing, "change the message or the flow, or turn the extension on in the server", "%s", f.Text)
	case f.Class == sample.RelayDenied:
		return e.fault(RelayDenied, e.pick("set envelope.to to", "give by --to")+" a domain that the server serves, log in ("+e.pick("auth", "--user")+"), or let this machine relay",
			"%s: the server neither serves that domain nor relays for this client", answered)
	case strings.Contains(said, "client host"), strings.Contains(said, "helo command"):
		return e.fault(ClientRefused, "look at the server's lists of clients; session.hello and target.source of a scenario say who we are", "%s: the server refuses this client", answered)
	case f.Phase == sample.Mail, f.Phase == sample.Rcpt && strings.Contains(said, "sender"):
		return e.fault(SenderRefused, e.pick("set envelope.from to", "give by --from")+" a sender that the server takes", "%s: the server does not take mail from it", answered)
	}
	if f.Phase == sample.Data || f.Phase == sample.Body {
		return e.fault(MessageRefused, "look into the server's log", "%s: the server does not take the message", answered)
	}
	if len(e.flow.Session.Accounts) == 0 && offerIn(e.walk.Offers()).has("AUTH") {
		return e.fault(RecipientRefused, "log in ("+e.pick("auth", "--user")+"), which EHLO offers; or "+e.pick("set envelope.to to", "give by --to")+" a recipient that the server has",
			"%s: the server does not take mail for it from a client that has not logged in, or not at all", answered)
	}
	return e.fault(RecipientRefused, e.pick("set envelope.to to", "give by --to")+" a recipient that the server has", "%s: the server does not take mail for it", answered)
}

// size compares the SIZE that EHLO offered (RFC 1870) with the flow's messages. It is a
// fault if most are over it, and one that passes if some are.
func (e *explainer) size(found []*Fault) *Fault {
	median, largest := e.walk.Median, e.walk.Largest
	limit := offerIn(e.walk.Offers()).number("SIZE")
	known := func(f *Fault) bool { return f.ID == MessageTooBig }
	expected := e.flow.Expect.Covers(sample.Mail, sample.TooBig) // what the client says of such a message
	if limit == 0 || largest <= limit || expected || slices.ContainsFunc(found, known) {
		return nil
	}
	if median > limit {
		found := e.fault(MessageTooBig, e.smaller(), "EHLO offers SIZE %s, and a message of the flow has %s octets: the server would refuse it", human.Count(limit), human.Count(median))
		found.Failure = &sample.Failure{Phase: sample.Mail, Class: sample.TooBig, Text: found.Says}
		return found
	}
	return e.passing(MessageTooBig, e.smaller(), "EHLO offers SIZE %s, and the flow's largest messages have up to %s octets: the server will refuse those over its limit", human.Count(limit), human.Count(largest))
}

// smaller says what to do about messages that are too big.
func (e *explainer) smaller() string {
	return e.pickOf("make message.size smaller, or ", "give a smaller --size, or ", "") + "raise the server's limit"
}
