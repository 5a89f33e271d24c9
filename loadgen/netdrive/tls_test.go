package netdrive

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestTLS(t *testing.T) {
	server, client := certificates(t)
	drivers(t, func(t *testing.T, d Driver) {
		for i, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS12, tls.VersionTLS13} {
			config := client.Clone()
			config.MaxVersion = version
			a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { shout(tls.Server(c, server)) }))
			before := sample.Instant(time.Now().UnixNano())
			p := dial(d, a, &peer{out: []byte("secret"), tls: config, records: i > 1})
			drive(t, d, func() bool { return p.in.Len() == 6 || p.err != nil })
			if state := p.conn.TLS(); state.Version != version || len(state.PeerCertificates) != 1 || state.CurveID == 0 {
				t.Errorf("%x: came to %x, %d certificates, %v", version, state.Version, len(state.PeerCertificates), state.CurveID)
			}
			p.conn.Close()
			if p.err != nil || p.in.String() != "SECRET" || !p.secured {
				t.Fatalf("%x: got %q, %v", version, p.in.String(), p.err)
			}
			if p.from < before || p.to <= p.from || p.arrived[0].At < p.to {
				t.Errorf("%x: handshake from %d to %d, reply at %d", version, p.from, p.to, p.arrived[0].At)
			}
		}
	})
}

func TestTLSFailuresAreReported(t *testing.T) {
	server, client := certificates(t)
	wrongName, stranger := client.Clone(), client.Clone()
	wrongName.ServerName = "other.test"
	stranger.RootCAs = x509.NewCertPool()
	badCertificate := func(err error) bool { return errors.As(err, new(*tls.CertificateVerificationError)) }
	noTLS := func(err error) bool { return errors.As(err, new(tls.RecordHeaderError)) }
	atEnd := func(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
	drivers(t, func(t *testing.T, d Driver) {
		for _, test := range []struct {
			name   string
			config *tls.Config
			serve  func(net.Conn)
			is     func(error) bool
		}{
			{"wrong name", wrongName, func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"wrong name, remembered", RememberChains(wrongName), func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"unknown authority, remembered", RememberChains(stranger), func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"unknown authority", stranger, func(c net.Conn) { shout(tls.Server(c, server)) }, badCertificate},
			{"not TLS", client, func(c net.Conn) { _, _ = c.Write([]byte("220 hello\r\n")); shout(c) }, noTLS},
			{"closed", client, func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }, atEnd},
		} {
			p := dial(d, tcp(listen(t, "tcp", "127.0.0.1:0", test.serve)), &peer{tls: test.config})
			drive(t, d, func() bool { return p.err != nil || p.secured })
			p.conn.Close()
			if !test.is(p.err) {
				t.Errorf("%s: reported %v", test.name, p.err)
			}
		}
	})
}

// A handshake that the session gives up must leave nothing behind. The portable
// driver's Close waits for its goroutines. The race detector's limit of goroutines
// finds a coroutine that was not ended.
func TestClosedDuringHandshake(t *testing.T) {
	_, client := certificates(t)
	drivers(t, func(t *testing.T, d Driver) {
		began := make(chan struct{}, 1)
		a := tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
			_, _ = c.Read(make([]byte, 4096)) // the ClientHello, unanswered
			began <- struct{}{}
			d.Wake()
			_, _ = c.Read(make([]byte, 1))
		}))
		p := dial(d, a, &peer{tls: client})
		drive(t, d, func() bool { return len(began) == 1 })
		p.conn.Close()
		if p.err != nil {
			t.Errorf("reported %v after Close", p.err)
		}
	})
}

// certificates makes a server's configuration and a client's that trusts it.
func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, DNSNames: []string{"mail.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: pool, ServerName: "mail.test"}
}
