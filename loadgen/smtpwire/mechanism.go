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
		return &xoauth2Client{cred}
	case oauthBearer:
		return bearerClient{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: cred.Username, Token: cred.Password})}
	case external:
		return sasl.NewExternalClient(cred.Identity)
	}
	return sasl.NewPlainClient(cred.Identity, cred.Username, cred.Password)
}

// loginClient is LOGIN. It answers by position: go-sasl's insists on the one
// prompt "Password:" and sends the name along with the command, and servers
// differ over both.
type loginClient struct {
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

func (x *xoauth2Client) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.cred.Username + "\x01auth=Bearer " + x.cred.Password + "\x01\x01"), nil
}

func (x *xoauth2Client) Next([]byte) ([]byte, error) { return nil, nil }

// bearerClient is OAUTHBEARER. A challenge is what went wrong here, too; the
// response to it is this octet (RFC 7628 section 3.2.3).
type bearerClient struct{ sasl.Client }

func (b bearerClient) Next(challenge []byte) ([]byte, error) {
	_, err := b.Client.Next(challenge)
	var refused *sasl.OAuthBearerError
	if errors.As(err, &refused) {
		return []byte{1}, nil
	}
	return nil, err
}
