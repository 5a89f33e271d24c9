package check

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Patience is how long a walk lasts at most, its look-up apart. Each of its waits is
// limited as in the load of its flow; what is left of Patience limits it too.
const Patience = 8 * time.Second

// LookPatience is the same of a walk that Look makes: it has no load to hold up, and a
// server whose look-ups get no answer takes 10 s and more.
const LookPatience = 30 * time.Second

// A Step is one thing that a walk did.
type Step struct {
	Phase  sample.Phase
	Secure bool          // TLS was up when it ended
	Took   time.Duration // 0 if that is not known
}

// An Unreached is an address that a walk could not connect to.
type Unreached struct {
	Address string
	Class   sample.Class
	Text    string
}

// A Walk is what one session saw, as far as it came.
type Walk struct {
	Host      string      // the target as the plan has it, with its port
	Address   string      // where it connected; "" if nowhere
	Addresses []string    // all that the look-up found
	Unreached []Unreached // those that it tried in vain, in order
	Steps     []Step
	Hello     sample.Greeting
	TLS       *tls.ConnectionState // of a handshake that was done; nil for none

	Median, Largest int64 // octets of the flow's messages, as SIZE counts them

	Tried    int              // envelopes that were tried
	Accepted int              // of these, how many the server took, for one recipient at least
	Refusals []sample.Failure // of envelopes, and of recipients
	Failure  *sample.Failure  // why the session did not come to its end; nil if it did
	Err      error            // beneath Failure; nil if the server said no
	Hurried  bool             // Failure is a timeout after Patience, or LookPatience; the load would wait longer

	// What a second connection found out, if the first one met something that is
	// not what it expected.
	OtherMode  bool     // the server begins with TLS on the port of a plain flow, or the other way round
	OtherOffer []string // what EHLO offers on that plain port

	at    netdrive.Addr // what Address names
	again bool          // the server was walked before: there is no doubt about how it begins
}

// reached returns the address that the walk connected to, as a list.
func (w *Walk) reached() []netdrive.Addr { return []netdrive.Addr{w.at} }

// Took returns how long the walk's last step of a phase took, and whether there was one.
func (w *Walk) Took(p sample.Phase) (time.Duration, bool) {
	for i := len(w.Steps) - 1; i >= 0; i-- {
		if w.Steps[i].Phase == p {
			return w.Steps[i].Took, true
		}
	}
	return 0, false
}

// Offers returns what EHLO offered last: under TLS if the walk came so far.
func (w *Walk) Offers() []string {
	if w.TLS != nil {
		return w.Hello.Secure
	}
	return w.Hello.Clear
}

// Options say how walks are made. The zero value uses the network.
type Options struct {
	Resolve loadgen.Resolver           // nil means netdrive.Resolve
	Dial    netdrive.DialFunc          // nil means package net's Dialer
	Skip    func(f *loadgen.Flow) bool // flows that are not looked at; nil for none

	patience time.Duration // 0 means Patience
}

// A trial says how far a walk goes once it is logged in.
type trial uint8

const (
	envelopeOnly trial = iota // MAIL, RCPT and RSET
	noEnvelope                // nothing
	wholeMessage              // a message, with its content
)

// walk goes through a session of a flow. The error is that of a target that must not be
// loaded, of mail that cannot be made, or of ctx; all else is in the Walk.
func walk(ctx context.Context, p *loadgen.Plan, f *loadgen.Flow, o Options, t trial) (*Walk, error) {
	source, err := mail.New(f.Mail)
	if err != nil {
		return nil, err
	}
	addrs, w, err := lookUp(ctx, p, f, o)
	w.Median, w.Largest = source.Sizes()
	if err != nil || w.Failure != nil {
		return w, err
	}
	return w, converse(ctx, p, f, o, addrs, source, t, w)
}
