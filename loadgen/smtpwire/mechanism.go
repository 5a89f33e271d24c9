package smtpwire

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" // CRAM-MD5 is what it is
	"encoding/hex"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// mechanism is a set of SASL mechanisms, mostly of one.
type mechanism uint16

const (
	plain mechanism = 1 << iota
	login
	cramMD5
	scramSHA1
	scramSHA256
	xoauth2
	oauthBearer
	external
)

var mechanismNames = []struct {
	name string
	bit  mechanism
}{
	{"PLAIN", plain},
	{"LOGIN", login},
	{"CRAM-MD5", cramMD5},
	{"SCRAM-SHA-1", scramSHA1},
	{"SCRAM-SHA-256", scramSHA256},
	{"XOAUTH2", xoauth2},
	{"OAUTHBEARER", oauthBearer},
	{"EXTERNAL", external},
}

// byStrength are the mechanisms that work with a password, the strongest
// first.
var byStrength = []mechanism{scramSHA256, scramSHA1, cramMD5, plain, login}

// mechanismsIn reads a list of names with spaces between. What it does not
// know it leaves out.
func mechanismsIn(list []byte) mechanism {
	var m mechanism
	for len(list) > 0 {
		var name []byte
		name, list, _ = bytes.Cut(list, []byte{' '})
		for _, k := range mechanismNames {
			if bytes.EqualFold(name, []byte(k.name)) {
				m |= k.bit
			}
		}
	}
	return m
}

// String lists the names with spaces between.
func (m mechanism) String() string {
	var names []string
	for _, k := range mechanismNames {
		if m&k.bit != 0 {
			names = append(names, k.name)
		}
	}
	return strings.Join(names, " ")
}

// newSASL makes the client's side of an exchange.
func newSASL(m mechanism, cred *Credentials) sasl.Client {
	switch m {
	case login:
		return &loginClient{answers: [2]string{cred.Username, cred.Password}}
	case cramMD5:
		return &cramClient{cred}
	case scramSHA1, scramSHA256:
		return &scramClient{name: m.String(), keys: keysOf(m, cred)}
	case xoauth2:
		return xoauth2Client{cred}
	case oauthBearer:
		return bearerClient{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: cred.Username, Token: cred.Password})}
	case external:
		return &oneResponse{mech: "EXTERNAL", response: cred.Identity}
	}
	return plainClient(cred)
}

// prompted marks mechanisms whose answers do not depend on what a challenge
// says, so that it need not be base64 either.
type prompted interface{ disregardsChallenges() }

type anyPrompt struct{}

func (anyPrompt) disregardsChallenges() {}

// oneResponse is PLAIN (RFC 4616) or EXTERNAL (RFC 4422 appendix A): all there
// is to say goes with the command. A server that asks for it then gets it once
// more.
type oneResponse struct {
	anyPrompt
	mech     string
	response string
	repeated bool
}

func plainClient(c *Credentials) sasl.Client {
	return &oneResponse{mech: "PLAIN", response: c.Identity + "\x00" + c.Username + "\x00" + c.Password}
}

func (o *oneResponse) Start() (mech string, ir []byte, err error) {
	if strings.Count(o.response, "\x00") > 2 {
		return "", nil, errors.New("a NUL in the name or the password would end it there (RFC 4616 section 2)")
	}
	return o.mech, []byte(o.response), nil
}

func (o *oneResponse) Next([]byte) ([]byte, error) {
	if o.repeated {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	o.repeated = true
	return []byte(o.response), nil
}

// loginClient is LOGIN (draft-murchison-sasl-login). It answers by position,
// whatever the prompts say: go-sasl's insists on the one prompt "Password:" and
// sends the name along with the command, and servers differ over both.
type loginClient struct {
	anyPrompt
	answers [2]string
	given   int
}

func (l *loginClient) Start() (mech string, ir []byte, err error) { return "LOGIN", nil, nil }

func (l *loginClient) Next([]byte) ([]byte, error) {
	if l.given == len(l.answers) {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	l.given++
	return []byte(l.answers[l.given-1]), nil
}

// cramClient is CRAM-MD5 (RFC 2195).
type cramClient struct{ cred *Credentials }

func (m *cramClient) Start() (mech string, ir []byte, err error) { return "CRAM-MD5", nil, nil }

func (m *cramClient) Next(challenge []byte) ([]byte, error) {
	h := hmac.New(md5.New, []byte(m.cred.Password))
	h.Write(challenge)
	return hex.AppendEncode([]byte(m.cred.Username+" "), h.Sum(nil)), nil
}

// xoauth2Client is XOAUTH2, Google's and Microsoft's forerunner of
// OAUTHBEARER. A challenge is what went wrong, in JSON; an empty response
// brings on the reply that says so in SMTP.
type xoauth2Client struct{ cred *Credentials }

func (x xoauth2Client) disregardsChallenges() {}

func (x xoauth2Client) Start() (mech string, ir []byte, err error) {
	if strings.ContainsAny(x.cred.Username+x.cred.Password, "\x00\x01") {
		return "", nil, errors.New("a control character in the name or the token would end it there")
	}
	return "XOAUTH2", []byte("user=" + x.cred.Username + "\x01auth=Bearer " + x.cred.Password + "\x01\x01"), nil
}

func (x xoauth2Client) Next([]byte) ([]byte, error) { return nil, nil }

// bearerClient is OAUTHBEARER. A challenge is what went wrong here, too; the
// response to it is this octet (RFC 7628 section 3.2.3).
type bearerClient struct{ sasl.Client }

func (b bearerClient) disregardsChallenges() {}

func (b bearerClient) Next([]byte) ([]byte, error) { return []byte{1}, nil }
