package smtpwire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

// A scramClient is SCRAM (RFC 5802, RFC 7677), without channel binding.
type scramClient struct {
	name string
	keys *scramKeys
	conv *scram.ClientConversation
}

// maxIterations bounds how long a server can keep the generator busy with one password.
// It is about a tenth of a second.
const maxIterations = 200_000

func (s *scramClient) Start() (mech string, ir []byte, err error) {
	if s.keys.err != nil {
		return "", nil, s.keys.err
	}
	s.conv = s.keys.conversation()
	first, err := s.conv.Step("")
	return s.name, []byte(first), err
}

func (s *scramClient) Next(challenge []byte) ([]byte, error) {
	if s.conv.Done() {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	if bytes.HasPrefix(challenge, []byte("e=")) {
		return nil, nil // refused (RFC 5802 section 7); the reply of SMTP will say so
	}
	if _, count, found := bytes.Cut(challenge, []byte(",i=")); found {
		count, _, _ = bytes.Cut(count, []byte{','})
		n, err := strconv.Atoi(string(count))
		if err != nil || n > maxIterations {
			return nil, fmt.Errorf("a SCRAM iteration count that is none or over %d", maxIterations)
		}
		s.keys.remember(challenge)
	}
	response, err := s.conv.Step(string(challenge))
	if err != nil {
		return nil, errors.New("SCRAM: " + err.Error())
	}
	return []byte(response), nil
}

// proved tells whether the server has shown that it knows the password.
func (s *scramClient) proved() bool { return s.conv.Valid() }

// scramKeys derive keys from the password of an account and remember them by salt. To
// derive them takes a millisecond, which would be measured as the server's time. So
// only the first session of an account does it, in each lane.
type scramKeys struct {
	renew func() (*scram.Client, error)
	err   error

	mu     sync.Mutex
	client *scram.Client   // remembers the keys
	salts  map[string]bool // for which it has keys, with their iteration counts
}

// maxSalts bounds for how many salts keys of an account are remembered. A server has one
// salt for it, and several servers behind one name have a few.
const maxSalts = 32

func (k *scramKeys) conversation() *scram.ClientConversation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.client.NewConversation()
}

// remember notes a salt whose keys are about to be derived. If there are too many salts,
// it forgets the others.
func (k *scramKeys) remember(challenge []byte) {
	_, salt, _ := bytes.Cut(challenge, []byte(",s="))
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.salts[string(salt)] {
		return
	}
	if len(k.salts) == maxSalts {
		k.client, _ = k.renew() // no error the first time, so none now
		clear(k.salts)
	}
	k.salts[string(salt)] = true
}

type scramAccount struct {
	mech                         mechanism
	lane                         int // see Options
	identity, username, password string
}

var scramAccounts sync.Map // of scramAccount to *scramKeys

func keysOf(m mechanism, cred *Credentials, lane int) *scramKeys {
	a := scramAccount{m, lane, cred.Identity, cred.Username, cred.Password}
	if k, ok := scramAccounts.Load(a); ok {
		return k.(*scramKeys)
	}
	hash := scram.SHA256
	if m == scramSHA1 {
		hash = scram.SHA1
	}
	k := &scramKeys{salts: map[string]bool{}}
	k.renew = func() (*scram.Client, error) { return hash.NewClient(a.username, a.password, a.identity) }
	k.client, k.err = k.renew()
	kept, _ := scramAccounts.LoadOrStore(a, k)
	return kept.(*scramKeys)
}
