package smtpwire

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" // CRAM-MD5 is what it is
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
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

// scramClient is SCRAM (RFC 5802, RFC 7677), without channel binding.
type scramClient struct {
	name string
	keys *scramKeys
	conv *scram.ClientConversation
}

// maxIterations bounds how long a server can keep the generator busy with one
// password: about a tenth of a second.
const maxIterations = 200_000

func (s *scramClient) Start() (mech string, ir []byte, err error) {
	if s.keys.err != nil {
		return "", nil, s.keys.err
	}
	s.conv = s.keys.client.NewConversation()
	first, err := s.conv.Step("")
	return s.name, []byte(first), err
}

func (s *scramClient) Next(challenge []byte) ([]byte, error) {
	if s.conv.Done() {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	if bytes.HasPrefix(challenge, []byte("e=")) {
		return nil, nil // refused (RFC 5802 section 7); SMTP's reply will say so
	}
	if _, count, found := bytes.Cut(challenge, []byte(",i=")); found {
		count, _, _ = bytes.Cut(count, []byte{','})
		n, err := strconv.Atoi(string(count))
		if err != nil || n > maxIterations {
			return nil, fmt.Errorf("a SCRAM iteration count that is none or over %d", maxIterations)
		}
	}
	response, err := s.conv.Step(string(challenge))
	if err != nil {
		return nil, errors.New("SCRAM: " + err.Error())
	}
	return []byte(response), nil
}

// proved tells whether the server has shown that it knows the password.
func (s *scramClient) proved() bool { return s.conv.Valid() }

// scramKeys derives keys from a password and remembers them by salt, so that a
// session does not spend a millisecond on what the last one of the same
// account worked out, and the server's time is not measured with it.
type scramKeys struct {
	client *scram.Client
	err    error
}

type scramAccount struct {
	mech                         mechanism
	identity, username, password string
}

var scramAccounts sync.Map // of scramAccount to *scramKeys

func keysOf(m mechanism, cred *Credentials) *scramKeys {
	a := scramAccount{m, cred.Identity, cred.Username, cred.Password}
	if k, ok := scramAccounts.Load(a); ok {
		return k.(*scramKeys)
	}
	hash := scram.SHA256
	if m == scramSHA1 {
		hash = scram.SHA1
	}
	k := new(scramKeys)
	k.client, k.err = hash.NewClient(cred.Username, cred.Password, cred.Identity)
	kept, _ := scramAccounts.LoadOrStore(a, k)
	return kept.(*scramKeys)
}
