// Package example is a small mail server on go-smtp that shows how to benchmark one.
// Copy bench_test.go and testdata.
package example

import (
	"crypto/tls"
	"io"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Mailbox takes mail. It keeps only how much there was, so that it can run for long.
// It is a Backend of go-smtp.
type Mailbox struct {
	Accounts map[string]string // passwords by username

	mu       sync.Mutex
	messages int
	octets   int64
}

// NewServer returns a server that delivers into the mailbox. If config is not nil it
// offers STARTTLS, and AUTH after it.
func NewServer(m *Mailbox, config *tls.Config) *smtp.Server {
	s := smtp.NewServer(m)
	s.Domain = "localhost"
	s.TLSConfig = config
	return s
}

// Count returns how many messages came, and how many octets they had together.
func (m *Mailbox) Count() (messages int, octets int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.messages, m.octets
}

// NewSession begins a connection.
func (m *Mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{mailbox: m}, nil }

// A session is one connection.
type session struct {
	mailbox *Mailbox
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if want, ok := s.mailbox.Accounts[username]; !ok || password != want {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !strings.HasSuffix(to, "@example.test") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not ours"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		return err
	}
	m := s.mailbox
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages++
	m.octets += n
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
