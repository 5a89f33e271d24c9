package smtpsink

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

// The server's sides of mechanisms that go-sasl does not have, or does not have right. Each
// is used for one exchange. A nil response means that the client sent no initial one.

// login is AUTH LOGIN (draft-murchison-sasl-login).
type login struct {
	accounts *accounts
	username string
	asked    bool // the password was asked for
}

func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case !l.asked:
		l.username, l.asked = string(response), true
		return []byte("Password:"), false, nil
	}
	return nil, true, l.accounts.check(l.username, string(response))
}

// cramMD5 is AUTH CRAM-MD5 (RFC 2195).
type cramMD5 struct {
	accounts  *accounts
	challenge []byte
}

func (c *cramMD5) Next(response []byte) (challenge []byte, done bool, err error) {
	if c.challenge == nil {
		if response != nil {
			return nil, true, sasl.ErrUnexpectedClientResponse
		}
		c.challenge = []byte("<" + rand.Text() + "@sink.invalid>")
		return c.challenge, false, nil
	}
	// The digest is the last word: a user name may have spaces in it.
	at := bytes.LastIndexByte(response, ' ')
	if at < 0 {
		return nil, true, sasl.ErrUnexpectedClientResponse
	}
	password, known := c.accounts.passwords[string(response[:at])]
	mac := hmac.New(md5.New, []byte(password))
	mac.Write(c.challenge)
	want := hex.AppendEncode(nil, mac.Sum(nil))
	if !hmac.Equal(want, bytes.ToLower(response[at+1:])) || !known {
		return nil, true, errWrongPassword
	}
	return nil, true, nil
}

// xoauth2 is AUTH XOAUTH2: "user=" NAME ^A "auth=Bearer " TOKEN ^A ^A. A refusal is a
// challenge with the reason. The client answers it with an empty response, and then gets the
// 535.
type xoauth2 struct {
	accounts *accounts
	refused  error
}

func (x *xoauth2) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.refused != nil {
		return nil, true, x.refused
	}
	if response == nil {
		return []byte{}, false, nil
	}
	user, auth, _ := strings.Cut(string(response), "\x01")
	username, ok1 := strings.CutPrefix(user, "user=")
	token, ok2 := strings.CutPrefix(auth, "auth=Bearer ")
	token, ok3 := strings.CutSuffix(token, "\x01\x01")
	if !ok1 || !ok2 || !ok3 {
		return nil, true, sasl.ErrUnexpectedClientResponse
	}
	if x.refused = x.accounts.check(username, token); x.refused != nil {
		return []byte(`{"status":"401","schemes":"bearer"}`), false, nil
	}
	return nil, true, nil
}

// oauthBearer is AUTH OAUTHBEARER. A client that was refused answers with one octet (RFC
// 7628, 3.2.3). go-sasl reads that octet without a check that there is one.
type oauthBearer struct {
	sasl.Server
	refused bool
}

func (o *oauthBearer) Next(response []byte) (challenge []byte, done bool, err error) {
	if o.refused && len(response) == 0 {
		return nil, true, sasl.ErrUnexpectedClientResponse
	}
	challenge, done, err = o.Server.Next(response)
	o.refused = len(challenge) > 0
	return challenge, done, err
}

// scramExchange is AUTH SCRAM-SHA-1 or SCRAM-SHA-256 (RFC 5802, RFC 7677).
// The server's last message goes out as a challenge, which the client answers
// with an empty response (RFC 4954, 4).
type scramExchange struct {
	conversation *scram.ServerConversation
}

func (s *scramExchange) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		return []byte{}, false, nil
	}
	if s.conversation.Done() {
		if !s.conversation.Valid() {
			return nil, true, errWrongPassword
		}
		return nil, true, nil
	}
	message, err := s.conversation.Step(string(response))
	if err != nil {
		return nil, true, err
	}
	return []byte(message), false, nil
}
