package chaos

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// certificate returns a certificate for 127.0.0.1, and the pool that trusts it. They are
// made once.
var certificate = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
})

// serverTLS returns the server's configuration for a session.
func serverTLS(p *plan, log *keyLog) *tls.Config {
	own, _ := certificate()
	c := &tls.Config{Certificates: []tls.Certificate{own}, KeyLogWriter: log, SessionTicketsDisabled: true}
	if p.tls12 {
		c.MaxVersion = tls.VersionTLS12
	}
	return c
}

// crypto/tls reads the records that this package makes.
func TestRecordsAreTLS(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	_, pool := certificate()
	served := make(chan error, 1)
	go func() {
		var log keyLog
		c := tls.Server(far, serverTLS(&plan{}, &log))
		err := c.Handshake()
		if err == nil {
			go io.Copy(io.Discard, far) // reads the answers to KeyUpdate
			var r *records
			if r, err = newRecords(far, log.secret); err == nil {
				for _, k := range []kind{tickets, crumbs, keyUpdate} {
					_ = r.misbehave(fault{kind: k})
					_, err = r.Write([]byte(k.String() + "\n"))
				}
				_ = r.misbehave(fault{kind: alert})
			}
		}
		served <- err
	}()
	c := tls.Client(near, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"})
	want := "tickets\ncrumbs\nkey-update\n"
	var got []byte
	for {
		b := make([]byte, 100)
		n, err := c.Read(b)
		got = append(got, b[:n]...)
		if err != nil {
			break
		}
	}
	near.Close()
	if err := <-served; err != nil || string(got) != want {
		t.Errorf("read %q, want %q; %v", got, want, err)
	}
}
