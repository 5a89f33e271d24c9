package smtpwire

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" // for CRAM-MD5
	"encoding/hex"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// A mechanism is a set of SASL mechanisms, mostly of one.
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
	{External, external},
}

// External is the mechanism by which the client's certificate says who it is.
const External = "EXTERNAL"

// Mechanisms lists what Credentials.Mechanism may be, but "".
func Mechanisms() []string {
	var names []string
	for _, k := range mechanismNames {
		names = append(names, k.name)
	}
	return names
}

// TakesToken tells whether a mechanism takes a bearer token in place of a password.
func TakesToken(name string) bool { return mechanismsIn([]byte(name))&(xoauth2|oauthBearer) != 0 }

// PasswordMechanisms lists those of the mechanisms that work with a password, the strongest
// first.
func PasswordMechanisms() []string {
	var names []string
	for _, m := range byStrength {
		names = append(names, m.String())
	}
	return names
}

// byStrength are the mechanisms that work with a password, the strongest
// first.
var byStrength = []mechanism{scramSHA256, scramSHA1, cramMD5, plain, login}

// mechanismsIn reads a list of names with spaces between. It leaves out those that it
// does not know.
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
func newSASL(m mechanism, cred *Credentials, lane int) sasl.Client {
	switch m {
	case login:
		return &loginClient{answers: [2]string{cred.Username, cred.Password}}
	case cramMD5:
		return &cramClient{cred}
	case scramSHA1, scramSHA256:
		return &scramClient{name: m.String(), keys: keysOf(m, cred, lane)}
	case xoauth2:
		return xoauth2Client{cred}
	case oauthBearer:
		return bearerClient{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: cred.Username, Token: cred.Password})}
	case external:
		return &oneResponse{mech: External, response: cred.Identity}
	}
	return plainClient(cred)
}

// prompted marks mechanisms whose answers do not depend on the challenges. These need
// not even be base64.
type prompted interface{ disregardsChallenges() }

type anyPrompt struct{}

func (anyPrompt) disregardsChallenges() {}

// A oneResponse is PLAIN (RFC 4616) or EXTERNAL (RFC 4422 appendix A). Its one response
// goes with the command. A server that asks for it all the same gets it a second time.
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

// A loginClient is LOGIN (draft-murchison-sasl-login). It answers by position, whatever
// the prompts say. The client of go-sasl requires the prompt "Password:" and sends the
// name with the command; some servers take neither.
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

// A cramClient is CRAM-MD5 (RFC 2195).
type cramClient struct{ cred *Credentials }

func (m *cramClient) Start() (mech string, ir []byte, err error) { return "CRAM-MD5", nil, nil }

func (m *cramClient) Next(challenge []byte) ([]byte, error) {
	h := hmac.New(md5.New, []byte(m.cred.Password))
	h.Write(challenge)
	return hex.AppendEncode([]byte(m.cred.Username+" "), h.Sum(nil)), nil
}

// An xoauth2Client is XOAUTH2, which Google and Microsoft had before OAUTHBEARER. A
// challenge says in JSON what went wrong. After an empty response the server says it in
// a reply of SMTP.
type xoauth2Client struct{ cred *Credentials }

func (x xoauth2Client) disregardsChallenges() {}

func (x xoauth2Client) Start() (mech string, ir []byte, err error) {
	if strings.ContainsAny(x.cred.Username+x.cred.Password, "\x00\x01") {
		return "", nil, errors.New("a control character in the name or the token would end it there")
	}
	return "XOAUTH2", []byte("user=" + x.cred.Username + "\x01auth=Bearer " + x.cred.Password + "\x01\x01"), nil
}

func (x xoauth2Client) Next([]byte) ([]byte, error) { return nil, nil }

// A bearerClient is OAUTHBEARER. A challenge says what went wrong, as in XOAUTH2, and
// the response to it is one octet of value 1 (RFC 7628 section 3.2.3).
type bearerClient struct{ sasl.Client }

func (b bearerClient) disregardsChallenges() {}

func (b bearerClient) Next([]byte) ([]byte, error) { return []byte{1}, nil }
