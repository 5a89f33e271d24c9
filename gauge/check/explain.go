package check

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An explainer turns what a walk saw into faults of its flow.
type explainer struct {
	walk *Walk
	flow *loadgen.Flow
	words
	now time.Time
}

// explain returns the faults that a walk shows, the one that ended it last.
func explain(w *Walk, f *loadgen.Flow, as words) []*Fault {
	e := &explainer{w, f, as, time.Now()}
	var found []*Fault
	if w.Address != "" {
		found = e.unreached()
	}
	if w.Failure != nil {
		if f.Expect.Covers(w.Failure.Phase, w.Failure.Class) {
			return found
		}
		fault := e.failure(w.Failure)
		fault.Failure = w.Failure
		return append(found, fault)
	}
	if refusals := unexpected(w.Refusals, f.Expect); len(refusals) > 0 {
		found = append(found, e.refusals(refusals))
	}
	if f := e.size(found); f != nil {
		found = append(found, f)
	}
	return found
}

// fault makes a fault of the flow.
func (e *explainer) fault(id ID, do, format string, args ...any) *Fault {
	return &Fault{ID: id, Flows: []string{e.flow.Name}, Target: e.walk.where(), Says: fmt.Sprintf(format, args...), Do: do}
}

// passing makes one that may pass by itself.
func (e *explainer) passing(id ID, do, format string, args ...any) *Fault {
	f := e.fault(id, do, format, args...)
	f.Passing = true
	return f
}

// where names the target, and the address if that has to be looked up.
func (w *Walk) where() string {
	if w.Address == "" || w.Address == w.Host {
		return printable.Text(w.Host)
	}
	address, _, err := net.SplitHostPort(w.Address)
	if err != nil {
		return printable.Text(w.Host)
	}
	return printable.Text(w.Host) + " (" + address + ")"
}

// unreached reports the addresses that could not be connected to although another could.
func (e *explainer) unreached() []*Fault {
	var found []*Fault
	for _, u := range e.walk.Unreached {
		found = append(found, e.passing(AddressUnreachable,
			"mend or remove that address, or "+e.pick("set target.host to one that works", "give one that works as HOST"),
			"%s, one of its addresses, cannot be connected to: %s", u.Address, u.Text))
	}
	return found
}

// failure explains why the session ended before its time.
func (e *explainer) failure(f *sample.Failure) *Fault {
	switch {
	case f.Class == sample.LocalLimit:
		return e.fault(OwnLimit, "this machine is the reason, not the server", "%s", printable.Text(f.Text))
	case f.Code >= 400 && f.Code < 500:
		return e.passing(RefusedForNow, "wait, and look into the server's log", "%s was answered %s: the server refuses for now", e.step(f.Phase), reply(f))
	}
	switch f.Phase {
	case sample.Resolve:
		return e.resolve(f)
	case sample.Connect:
		return e.connect(f)
	case sample.TLS:
		return e.tls(f)
	case sample.StartTLS:
		return e.startTLS(f)
	case sample.Auth:
		if found := e.auth(f); found != nil {
			return found
		}
	case sample.Banner, sample.EHLO:
		if found := e.greeting(f); found != nil {
			return found
		}
	}
	return e.lost(f)
}

func (e *explainer) resolve(f *sample.Failure) *Fault {
	var dns *net.DNSError
	if errors.As(e.walk.Err, &dns) && !dns.IsNotFound {
		return e.passing(LookUpFailed, "look at this machine's name servers (/etc/resolv.conf)", "the name cannot be looked up: %s", printable.Text(f.Text))
	}
	return e.fault(NameNotFound, e.pick("set target.host to a name that has an address, or to an address", "give a HOST that has an address, or an address"), "the name has no address: %s", printable.Text(f.Text))
}

func (e *explainer) connect(f *sample.Failure) *Fault {
	if f.Class == sample.Reset {
		return e.lost(f)
	}
	if f.Class == sample.Refused {
		return e.fault(ConnectionRefused, "start the server, or "+e.pick("set target.host and the flow's port to where it listens", "give the HOST:PORT where it listens"), "%s: nothing listens there", f.Text)
	}
	return e.fault(ConnectTimeout, "look at the address, the routes and the firewalls on the way", "connect got %s: no machine has that address, or a firewall drops what we send", f.Text)
}

// greeting explains failures at the banner and at EHLO; nil for what can happen anywhere.
func (e *explainer) greeting(f *sample.Failure) *Fault {
	switch {
	case e.walk.OtherMode:
		return e.fault(PlainOnTLSPort, e.mode("implicit")+e.pick(", or its port to one that begins in the clear", ", or give a HOST:PORT that begins in the clear"),
			"waited for a banner in the clear and got none, but the server answers to a TLS hello: it begins with TLS there")
	case f.Class == sample.Protocol && f.Phase == sample.Banner:
		return e.fault(NotSMTP, e.pick("set the flow's port to that of the SMTP server", "give the HOST:PORT of the SMTP server"), "waited for a banner and got %s: something else than SMTP listens there", f.Text)
	case f.Code >= 500 && f.Phase == sample.Banner:
		return e.fault(BannerRefused, "look into the server's log and its list of clients; target.source of a scenario sets the address that we come from", "the banner was %s: the server does not serve this client", reply(f))
	case f.Code >= 500:
		return e.fault(HelloRefused, "set "+e.field("session.hello")+" to a name that the server takes", "EHLO %s was answered %s", helloName(e.flow), reply(f))
	}
	return nil
}

func helloName(f *loadgen.Flow) string {
	if f.Session.Wire.Name == "" {
		return "localhost"
	}
	return printable.Text(f.Session.Wire.Name)
}

func (e *explainer) startTLS(f *sample.Failure) *Fault {
	switch {
	case f.Class == sample.StartTLSMissing && f.Code == 0:
		do := "turn TLS on in the server, or " + e.mode("none")
		if e.flow.Target.Port == 465 {
			do = e.mode("implicit")
		}
		return e.fault(StartTLSMissing, do, "EHLO was answered without STARTTLS, and the flow has tls: starttls")
	case f.Code >= 500:
		return e.fault(StartTLSRefused, "look at the server's TLS configuration and its log", "STARTTLS was offered, and then answered %s", reply(f))
	}
	return e.lost(f)
}

// lost explains what can happen at any step, and may be over the next time.
func (e *explainer) lost(f *sample.Failure) *Fault {
	switch {
	case f.Class == sample.Timeout && e.walk.Hurried:
		return e.passing(Slow, "if the load fails as well, "+e.pick("set timeouts and ", "")+"look into the server's log",
			"%s got %s, and a look waits no longer; the load will", e.step(f.Phase), f.Text)
	case f.Class == sample.Timeout:
		return e.passing(Slow, e.pick("set the flow's timeouts, and ", "")+"look into the server's log", "%s got %s", e.step(f.Phase), f.Text)
	case f.Code >= 500:
		return e.fault(BadProtocol, "look into the server's log", "%s was answered %s", e.step(f.Phase), reply(f))
	case f.Class == sample.Protocol:
		return e.passing(BadProtocol, "look into the server's log", "%s got %s", e.step(f.Phase), f.Text)
	}
	return e.passing(ConnectionLost, "look into the server's log: it may limit or ban this client", "%s ended with the connection: %s", e.step(f.Phase), f.Text)
}

// step says what was done in a phase.
func (e *explainer) step(p sample.Phase) string {
	switch p {
	case sample.Banner:
		return "the wait for the banner"
	case sample.TLS:
		return "the TLS handshake"
	case sample.Auth:
		return e.login()
	case sample.Connect:
		return "connect"
	case sample.SpanSession:
		return "the session"
	}
	return strings.ToUpper(p.String())
}

// reply quotes a negative reply.
func reply(f *sample.Failure) string {
	s := fmt.Sprint(f.Code)
	if enhanced := f.Enhanced.String(); enhanced != "" {
		s += " " + enhanced
	}
	if text := f.Example(); text != "" {
		s += " " + text
	}
	return s
}
