package bus

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/nats-io/nats.go"
)

// A peer is what a connection goes to. It has the words for what goes wrong with that: which
// address, what happened, and what to try. All of it is tried again, whatever it is.
type peer struct {
	name        string // "the coordinator at 10.0.0.5:4222"
	coordinator bool   // one that listens itself; otherwise NATS servers of the user's own
}

// either is what to say of a coordinator, or of NATS servers.
func (p peer) either(coordinator, servers string) string {
	if p.coordinator {
		return coordinator
	}
	return servers
}

// lost says that a connection has ended that was there.
func (p peer) lost(err error) string {
	if ended(err) || errors.Is(err, nats.ErrStaleConnection) {
		return "the connection to " + p.name + " is lost; trying again " + p.either("until this or another coordinator is there", "until they are there")
	}
	return p.explain(err)
}

// explain says why there is no connection, or what is wrong with it.
func (p peer) explain(err error) string {
	for _, explain := range []func(error) string{p.explainTLS, p.explainLogin, p.explainNetwork, p.explainUse} {
		if text := explain(err); text != "" {
			return text
		}
	}
	return "the connection to " + p.name + " fails: " + detail(err)
}

func (p peer) explainTLS(err error) string {
	var other *otherCertificate
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &other):
		has, want, similar := other.apart()
		cause := "it is the line of an earlier coordinator, since each makes a new certificate"
		if similar {
			cause = "it was copied with a mistake"
		}
		return fmt.Sprintf("%s has the certificate %s, and the join line is for %s: most likely %s; otherwise somebody is in between. Take the line that the coordinator printed last, or set %s on both sides and leave the fingerprint out of --join", p.name, has, want, cause, TokenVariable)
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "the certificate of " + p.name + " is of an authority that this machine does not trust: give it by --nats-ca FILE"
	case errors.As(err, &name):
		return "the certificate of " + p.name + " is not for that name: use one that it has, in the URL of --nats"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of " + p.name + " has expired or is not valid yet, by this machine's clock: look at both"
	case errors.Is(err, nats.ErrSecureConnWanted), errors.As(err, new(tls.RecordHeaderError)):
		return "what listens there speaks no TLS, so it is not " + p.either(p.name+": check the address and the port of --join", "what tls:// or --nats-ca asks for: "+p.name)
	case errors.Is(err, nats.ErrTLS):
		return "the TLS handshake with " + p.name + " fails: " + detail(err) + p.either("; check that a coordinator of this version has that port", "; they may want a client's certificate, which smtpgauge does not have")
	}
	return ""
}

func (p peer) explainLogin(err error) string {
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		return p.name + p.either(" has another token: copy the whole line that it printed last, or set the same "+TokenVariable+" on both sides",
			" refuse this login: check --nats-creds, --nats-nkey, or the user, password or token in the URL of --nats")
	case errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAccountAuthExpired):
		return p.name + ": this login has expired there; get new credentials"
	case errors.Is(err, nats.ErrAuthRevoked):
		return p.name + ": this login was revoked there; get new credentials"
	case errors.Is(err, nats.ErrPermissionViolation):
		return p.name + ": this login may not use what smtpgauge needs; let it publish and subscribe to smtpgauge.>"
	case errors.Is(err, nats.ErrNkeysNotSupported):
		return p.name + " have no nkeys: leave --nats-nkey out"
	case strings.Contains(strings.ToLower(err.Error()), "connections exceeded"):
		return p.name + p.either(" takes no more connections: there are more agents than it waits for; end some, or raise its --agents", " take no more connections: end some, or raise their limit")
	}
	return ""
}

func (p peer) explainNetwork(err error) string {
	var lookup *net.DNSError
	var op *net.OpError
	var timeout net.Error
	dial := errors.As(err, &op) && op.Op == "dial"
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Sprintf("the name %s of %s does not resolve: check how it is written, or give the IP address", lookup.Name, p.name)
	case errors.As(err, &lookup):
		return fmt.Sprintf("the name %s of %s cannot be looked up now (%s): check this machine's name server, or give the IP address", lookup.Name, p.name, lookup.Err)
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens where " + p.name + p.either(" should be: it is not there yet or has ended, or the address is wrong", " should be: they are not there yet, or the URL is wrong") + "; trying again"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "this machine has no route to " + p.name + p.either(": check the address; if the coordinator has several, put another in --join", ": check the URL of --nats and this machine's network")
	case errors.As(err, &timeout) && timeout.Timeout() && dial:
		return p.name + p.either(" does", " do") + " not answer: the address is wrong, or a firewall is in between; trying again"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, nats.ErrTimeout):
		return "what listens where " + p.name + " should be says nothing: " + p.either("another program may have that port, or the coordinator has stopped", "another program may have that port") + "; trying again"
	case ended(err):
		return p.name + p.either(" ends", " end") + " the connection before the login is done: " +
			p.either("it is about to end, or another program has that port", "they may be about to end, want TLS, or be behind a proxy") + "; trying again"
	}
	return ""
}

func (p peer) explainUse(err error) string {
	switch {
	case errors.Is(err, nats.ErrNoInfoReceived), errors.Is(err, nats.ErrJsonParse):
		return "another program listens where " + p.name + " should be: check the address and the port"
	case errors.Is(err, nats.ErrSlowConsumer):
		return "this process is too slow to take what comes from " + p.name + ": some of it was dropped and is sent again; the machine has too much to do"
	case errors.Is(err, nats.ErrStaleConnection):
		return "nothing is heard from " + p.name + " any more; trying again"
	}
	return ""
}

// closed says that a connection is over for good.
func (p peer) closed(err error) string {
	text := "the connection to " + p.name + " is over, and is not made again"
	if err != nil {
		text += ": " + detail(err)
	}
	return text + ". Start this command again"
}

// ended tells whether the other end, or something in between, has ended a connection.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNABORTED)
}

// isAbsent tells whether an error is that nobody is at the other end.
func isAbsent(err error) bool {
	return ended(err) || errors.Is(err, nats.ErrNoServers) || errors.Is(err, syscall.ECONNREFUSED)
}

// mostDetail bounds the text of an error, in octets. It may come from anybody.
const mostDetail = 200

// detail is the text of an error without the name of the library that it comes from.
func detail(err error) string {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "nats: "), "tls error: ")
	if len(text) > mostDetail {
		text = strings.ToValidUTF8(text[:mostDetail], "") + " ..."
	}
	return text
}

// otherCertificate is the error of a server whose certificate is not the one that a join is
// for.
type otherCertificate struct{ has, want string }

func (e *otherCertificate) Error() string {
	has, want, _ := e.apart()
	return "the certificate is " + has + ", and not " + want
}

// usualBegin is how many digits of two fingerprints tell them apart, unless one is a
// miscopied other.
const usualBegin = 12

// apart returns the beginnings of both fingerprints, up to the first digit that differs and
// usualBegin digits at least. They are similar if that many digits are the same.
func (e *otherCertificate) apart() (has, want string, similar bool) {
	same := 0
	for same < min(len(e.has), len(e.want)) && e.has[same] == e.want[same] {
		same++
	}
	begin := func(fingerprint string) string {
		if most := max(usualBegin, same+1); len(fingerprint) > most {
			return fingerprint[:most] + "..."
		}
		return fingerprint
	}
	return begin(e.has), begin(e.want), same >= usualBegin
}
