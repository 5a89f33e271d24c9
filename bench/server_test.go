package bench

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A tally is a go-smtp backend that counts, and can be set to say no.
type tally struct {
	reject bool // every recipient
	lock   bool // MAIL without TLS, as RFC 3207 allows

	delivered, secured, authenticated atomic.Int64
}

func (t *tally) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &countedSession{t, secure}, nil
}

type countedSession struct {
	tally  *tally
	secure bool
}

func (s *countedSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *countedSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "bench@example.test" || password != "open sesame" {
			return smtp.ErrAuthFailed
		}
		s.tally.authenticated.Add(1)
		return nil
	}), nil
}

func (s *countedSession) Mail(string, *smtp.MailOptions) error {
	if s.tally.lock && !s.secure {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "must issue STARTTLS first"}
	}
	return nil
}

func (s *countedSession) Rcpt(string, *smtp.RcptOptions) error {
	if s.tally.reject {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	}
	return nil
}

func (s *countedSession) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.tally.delivered.Add(1)
	if s.secure {
		s.tally.secured.Add(1)
	}
	return err
}

func (s *countedSession) Reset()        {}
func (s *countedSession) Logout() error { return nil }

// serve serves a listener until the end of the test. It offers STARTTLS if it has a
// certificate.
func serve(tb testing.TB, l net.Listener, t *tally, certificate *tls.Certificate) {
	tb.Helper()
	server := smtp.NewServer(t)
	server.Domain = "localhost"
	if certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	tb.Cleanup(func() {
		if err := server.Shutdown(context.WithoutCancel(tb.Context())); err != nil {
			tb.Error(err)
		}
		if err := <-done; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			tb.Error(err)
		}
	})
}

func listen(tb testing.TB) net.Listener {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// certificate returns the certificate of httptest, which is for 127.0.0.1 and
// example.com, and the pool that trusts it.
func certificate(tb testing.TB) (*tls.Certificate, *x509.CertPool) {
	tb.Helper()
	server := httptest.NewTLSServer(nil)
	tb.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return &server.TLS.Certificates[0], pool
}
