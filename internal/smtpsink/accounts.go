package smtpsink

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/xdg-go/scram"
)

// An Account may authenticate. For XOAUTH2 and OAUTHBEARER the password is the
// bearer token.
type Account struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

var errWrongPassword = errors.New("wrong user or password")

// accounts know who may authenticate, and how.
type accounts struct {
	any       bool // everybody may
	passwords map[string]string
	sha1      *scram.Server
	sha256    *scram.Server
}

func checkAccounts(list []Account) error {
	seen := make(map[string]bool, len(list))
	for _, account := range list {
		switch {
		case account.Username == "":
			return errors.New("an account has no name: give each one")
		case seen[account.Username]:
			return fmt.Errorf("account %q is given twice: give it once", account.Username)
		}
		seen[account.Username] = true
	}
	return nil
}

func newAccounts(list []Account) (*accounts, error) {
	a := &accounts{passwords: make(map[string]string, len(list))}
	for _, account := range list {
		a.passwords[account.Username] = account.Password
	}
	var err error
	if a.sha1, err = scram.SHA1.NewServer(a.storedKeys(scram.SHA1)); err != nil {
		return nil, fmt.Errorf("SCRAM-SHA-1: %w", err)
	}
	if a.sha256, err = scram.SHA256.NewServer(a.storedKeys(scram.SHA256)); err != nil {
		return nil, fmt.Errorf("SCRAM-SHA-256: %w", err)
	}
	return a, nil
}

// mechanisms returns what EHLO offers. If everybody may authenticate there are no
// passwords, so no mechanism in which the client proves that it knows one.
func (a *accounts) mechanisms() []string {
	switch {
	case a.any:
		return []string{"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"}
	case len(a.passwords) > 0:
		return []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"}
	}
	return nil
}

// server returns the server's side of one exchange.
func (a *accounts) server(mechanism string) (sasl.Server, error) {
	if len(a.mechanisms()) == 0 {
		return nil, smtp.ErrAuthUnsupported
	}
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, username, password string) error {
			return a.check(username, password)
		}), nil
	case "LOGIN":
		return &login{accounts: a}, nil
	case "XOAUTH2":
		return &xoauth2{accounts: a}, nil
	case "OAUTHBEARER":
		return &oauthBearer{Server: sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if a.check(o.Username, o.Token) != nil {
				return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			return nil
		})}, nil
	}
	if a.any {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	switch mechanism {
	case "CRAM-MD5":
		return &cramMD5{accounts: a}, nil
	case "SCRAM-SHA-1":
		return &scramExchange{conversation: a.sha1.NewConversation()}, nil
	case "SCRAM-SHA-256":
		return &scramExchange{conversation: a.sha256.NewConversation()}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

// check compares passwords in constant time. It compares digests, so that the time does not
// depend on lengths either, and does the same work for a user that it does not know.
func (a *accounts) check(username, password string) error {
	if a.any {
		return nil
	}
	want, known := a.passwords[username]
	given, right := sha256.Sum256([]byte(password)), sha256.Sum256([]byte(want))
	if subtle.ConstantTimeCompare(given[:], right[:]) != 1 || !known {
		return errWrongPassword
	}
	return nil
}

// storedKeys derives the SCRAM keys of an account when they are first needed, and keeps
// them: 4096 rounds of PBKDF2 for each session would take more time than all the rest.
func (a *accounts) storedKeys(hash scram.HashGeneratorFcn) scram.CredentialLookup {
	var keys sync.Map
	return func(username string) (scram.StoredCredentials, error) {
		if k, ok := keys.Load(username); ok {
			return k.(scram.StoredCredentials), nil
		}
		password, ok := a.passwords[username]
		if !ok {
			return scram.StoredCredentials{}, errWrongPassword
		}
		client, err := hash.NewClient(username, password, "")
		if err != nil {
			return scram.StoredCredentials{}, fmt.Errorf("account %q: %w", username, err)
		}
		// A salt must differ between accounts, but need not be secret (RFC 5802, 4).
		salt := sha256.Sum256([]byte("smtpgauge sink " + username))
		k, err := client.GetStoredCredentialsWithError(scram.KeyFactors{Salt: string(salt[:16]), Iters: 4096})
		if err != nil {
			return scram.StoredCredentials{}, fmt.Errorf("account %q: %w", username, err)
		}
		keys.Store(username, k)
		return k, nil
	}
}
