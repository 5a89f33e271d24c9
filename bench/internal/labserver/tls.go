package labserver

import (
	"crypto/tls"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink/certificate"
)

// ServerName is the name in the certificate of NewTLS, beside localhost and 127.0.0.1.
const ServerName = "lab.example.test"

// NewTLS makes a certificate authority, and a server's certificate of it. It returns the
// server's configuration, for TLS 1.3 only, and the authority's certificate in PEM.
func NewTLS() (*tls.Config, []byte, error) {
	leaf, authority, err := certificate.Issue("lab server", []string{ServerName, "localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		return nil, nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{leaf}}, authority, nil
}
