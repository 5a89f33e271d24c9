package check

import (
	"math"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// slowStep is how long a step may take before that is worth a warning.
const slowStep = time.Second

// resolverWait is how long a resolver waits for a name server before it tries again.
const resolverWait = 5 * time.Second

// greeting reports how the server began the session.
func (l *look) greeting() {
	w := l.walk
	if took, done := w.Took(sample.Connect); done {
		l.ok(Reachable, "connects to %s in %s", w.Address, human.Duration(took))
	}
	if took, done := w.Took(sample.Banner); done && w.Hello.Banner != "" {
		if took > slowStep {
			l.add(Warning, SlowBanner, "look at the server's name servers, and at what it does before the banner; every session waits for it",
				"the banner took %s%s", human.Duration(took), reasonOf(took))
		} else {
			l.ok(Banner, "%q after %s", printable.Text(w.Hello.Banner), human.Duration(took))
		}
	}
	for _, offers := range []struct {
		lines []string
		where string
	}{{w.Hello.Clear, ""}, {w.Hello.Secure, " under TLS"}} {
		if len(offers.lines) > 0 {
			l.ok(Extensions, "EHLO%s offers %s", offers.where, printable.Text(strings.Join(offers.lines, ", ")))
		}
	}
	clear := offerIn(w.Hello.Clear)
	if _, auth := clear["AUTH"]; auth && (w.TLS == nil || w.Hello.Clear != nil) && l.flow.Session.Wire.TLS != sample.TLSImplicit {
		l.add(Warning, AuthBeforeTLS, "let the server offer AUTH only under TLS (Postfix: smtpd_tls_auth_only = yes)",
			"EHLO offers AUTH %s in the clear: passwords can be read on the way", printable.Text(strings.Join(clear["AUTH"], " ")))
	}
}

// reasonOf says what a delay of the banner looks like.
func reasonOf(took time.Duration) string {
	waits := math.Round(float64(took) / float64(resolverWait))
	if rest := took - time.Duration(waits)*resolverWait; waits >= 1 && rest.Abs() < 300*time.Millisecond {
		return ": a multiple of 5 s looks like a look-up of this client's name (reverse DNS) that gets no answer"
	}
	return ": it looks like a delay on purpose (a tarpit, or a test for clients that talk too early), or a server that is overloaded"
}

// slowSteps reports the steps beside the banner that took long.
func (l *look) slowSteps() {
	e := explainer{walk: l.walk, flow: l.flow}
	for _, step := range l.walk.Steps {
		if step.Took <= slowStep || step.Phase == sample.Banner || step.Phase == sample.Quit {
			continue
		}
		if f := l.walk.Failure; step.Phase == sample.Auth && f != nil && f.Phase == sample.Auth {
			continue // servers are slow with those who cannot log in, on purpose
		}
		l.add(Warning, SlowStep, "look into the server's log, and at what it looks up or delays there; every session waits for it",
			"%s took %s", e.step(step.Phase), human.Duration(step.Took))
	}
}

// isSlow tells whether sessions begin so slowly that few should be made.
func (l *look) isSlow() bool {
	took, _ := l.walk.Took(sample.Banner)
	return took > slowStep
}

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
		if len(w.Refusals) > 0 && !faulty {
			l.ok(Envelope, "%s was answered %s, as the flow expects", refusable[w.Refusals[0].Phase], reply(&w.Refusals[0]))
		}
		return
	}
	if l.options.Send {
		took, _ := w.Took(sample.Body)
		l.ok(MessageSent, "one message was sent and accepted; the reply to its end took %s", human.Duration(took))
	} else if !faulty {
		l.ok(Envelope, "sender and recipient are accepted (RSET before any message)")
	}
}
