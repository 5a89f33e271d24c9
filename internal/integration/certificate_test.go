//go:build integration && linux

package integration

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An authority signs the servers' certificates, and other authorities.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority makes an authority that nobody trusts yet.
func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	i := (*authority)(nil).issue(t, name, isAuthority)
	return &authority{i.chain[0], i.key}
}

// isAuthority makes a certificate one that may sign others.
func isAuthority(c *x509.Certificate) {
	c.IsCA, c.DNSNames, c.ExtKeyUsage, c.KeyUsage = true, nil, nil, x509.KeyUsageCertSign
}

// write puts the authority's own certificate into a PEM file.
func (a *authority) write(t *testing.T, path string) {
	t.Helper()
	writePEM(t, path, "CERTIFICATE", a.cert.Raw)
}

// An identity is a key, and its certificate with those that the server sends after it.
type identity struct {
	chain []*x509.Certificate
	key   *ecdsa.PrivateKey
}

// issue makes an identity for host, whose certificate is valid for 90 days, unless change says
// otherwise. Without an authority it signs itself.
func (a *authority) issue(t *testing.T, host string, change func(*x509.Certificate)) *identity {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: host},
		DNSNames:              []string{host},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(90 * 24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if a != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &identity{[]*x509.Certificate{cert}, key}
}

// write puts the chain and the key into the files NAME.pem and NAME.key of a folder.
func (i *identity) write(t *testing.T, dir, name string) {
	t.Helper()
	var chain []byte
	for _, c := range i.chain {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	writeFile(t, filepath.Join(dir, name+".pem"), string(chain))
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", der)
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
