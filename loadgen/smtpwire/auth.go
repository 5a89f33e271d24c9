package smtpwire

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// maxCommandLine bounds a command with an initial response (RFC 4954 section 4). A
// longer response is sent after the server's first challenge.
const maxCommandLine = 512

// An authentication is an AUTH under way.
type authentication struct {
	sasl         sasl.Client
	initial      []byte // the initial response, if initialWaits
	initialWaits bool
	isProof      bool // responses are proofs that the password is known
	challenges   int
}

// authenticate sends AUTH. Without credentials the client is Ready at once.
func (c *Client) authenticate(at sample.Instant) {
	if c.cred == nil {
		c.becomeReady()
		return
	}
	m := c.choose()
	if m == 0 {
		c.failSetUp(sample.Auth, sample.AuthMissing, c.unshared(), at)
		return
	}
	client := newSASL(m, c.cred, c.o.Lane)
	name, initial, err := client.Start()
	if err != nil {
		c.failSetUp(sample.Auth, sample.AuthRejected, "the credentials do not suit "+m.String()+": "+err.Error(), at)
		return
	}
	c.auth = &authentication{sasl: client, isProof: m&(cramMD5|scramSHA1|scramSHA256) != 0}
	c.await(sample.Auth)
	c.out = append(append(c.out, "AUTH "...), name...)
	switch n := base64.StdEncoding.EncodedLen(len(initial)); {
	case initial == nil:
	case n == 0:
		c.out = append(c.out, " ="...)
	case len("AUTH ")+len(name)+1+n+2 > maxCommandLine:
		c.auth.initial, c.auth.initialWaits = initial, true
	default:
		c.out = base64.StdEncoding.AppendEncode(append(c.out, ' '), initial)
	}
	c.out = append(c.out, "\r\n"...)
}

// choose picks the mechanism: the one that the credentials name, or the strongest one
// that both sides know. It returns 0 if there is none.
func (c *Client) choose() mechanism {
	if name := c.cred.Mechanism; name != "" {
		return c.mechs & mechanismsIn([]byte(name))
	}
	for _, m := range byStrength {
		if c.mechs&m != 0 {
			return m
		}
	}
	return 0
}

// unshared describes that client and server have no mechanism in common.
func (c *Client) unshared() string {
	s := "the server offers no AUTH mechanism that takes a password"
	if name := c.cred.Mechanism; name != "" {
		s = "the server does not offer AUTH " + strings.ToUpper(name)
	}
	if c.mechs != 0 {
		s += "; it offers " + c.mechs.String()
	}
	return s
}

// maxChallenges is far more than any mechanism needs.
const maxChallenges = 8

// answerChallenge answers a 334. The phase of AUTH goes on.
func (c *Client) answerChallenge(text []byte, at sample.Instant) {
	if c.unsent() {
		c.breach("a challenge before the last one was answered", at)
		return
	}
	response, err := c.respond(text)
	if err != nil {
		c.breach(err.Error(), at)
		return
	}
	c.out = base64.StdEncoding.AppendEncode(c.out, response)
	c.out = append(c.out, "\r\n"...)
}

func (c *Client) respond(text []byte) ([]byte, error) {
	a := c.auth
	if a.initialWaits {
		// The first challenge asks for the initial response, whatever it says.
		a.initialWaits = false
		return a.initial, nil
	}
	if a.challenges++; a.challenges > maxChallenges {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	challenge, err := decodeChallenge(text)
	if _, prompted := a.sasl.(prompted); err != nil && !prompted {
		return nil, errors.New("a challenge that is not base64")
	}
	response, err := a.sasl.Next(challenge)
	if err == nil && a.isProof {
		// Who has this response can try passwords until one gives the same.
		c.secrets = c.secrets.with(string(response[bytes.LastIndexAny(response, " =,")+1:]))
	}
	return response, err
}

// decodeChallenge reads base64 as servers write it: with blanks around it, or without
// padding.
func decodeChallenge(text []byte) ([]byte, error) {
	return base64.RawStdEncoding.AppendDecode(nil, bytes.TrimRight(bytes.TrimSpace(text), "="))
}

func (c *Client) answerAuth(at sample.Instant) {
	a := c.auth
	c.auth = nil
	if c.reply.negative() {
		c.abandon(c.refusal(sample.Auth), sample.Failed, at)
		return
	}
	if s, mutual := a.sasl.(*scramClient); mutual && !s.proved() {
		c.failSetUp(sample.Auth, sample.Protocol, "the server did not prove that it knows the password (RFC 5802 section 3)", at)
		return
	}
	c.becomeReady()
}
