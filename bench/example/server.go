// Package example is a mail server as one might have written it, on go-smtp, to
// show how it is benchmarked: bench_test.go is what to copy, with testdata.
package example

import (
	"crypto/tls"
	"io"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A Mailbox takes mail, and so as to run for long keeps only how much there
// was. It is go-smtp's Backend.
type Mailbox struct {
	Accounts map[string]string // passwords by username

	mu       sync.Mutex
	messages int
	octets   int64
}

// NewServer returns a server that delivers into the mailbox. It offers STARTTLS
// where config has a certificate, and AUTH after it.
func NewServer(m *Mailbox, config *tls.Config) *smtp.Server {
	s := smtp.NewServer(m)
	s.Domain = "localhost"
	s.TLSConfig = config
	return s
}

// Count is how many messages came, and how long they were together.
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
