package scenarios

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/netip"
	"testing"
	"testing/fstest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// pair makes a certificate and its key in PEM.
func pair(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func TestTransport(t *testing.T) {
	cert, key := pair(t)
	o := LoadOptions{FS: fstest.MapFS{"dir/cert.pem": {Data: cert}, "dir/key.pem": {Data: key}, "top.pem": {Data: cert}}}
	const source = `name: tls
target:
  host: mail.example.test
  family: ipv6
  source: ["::1", "fd00::1"]
  tls:
    ca: ../top.pem
    cert: cert.pem
    key: key.pem
    min_version: "1.0"
    max_version: "1.2"
    ciphers: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA]
    curves: [P-256, X25519MLKEM768]
    resumption: true
    insecure: true
flows:
  a: {port: 2600, tls: starttls, load: {sessions: 1, duration: 1s}, auth: {mechanism: EXTERNAL}}
`
	s, err := Parse("dir/tls.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	f := s.Plan().Flows[0]
	c := f.Target.TLS
	equal(t, "server name", c.ServerName, "mail.example.test")
	equal(t, "versions", []uint16{c.MinVersion, c.MaxVersion}, []uint16{tls.VersionTLS10, tls.VersionTLS12})
	equal(t, "ciphers", len(c.CipherSuites), 2)
	equal(t, "curves", c.CurvePreferences, []tls.CurveID{tls.CurveP256, tls.X25519MLKEM768})
	equal(t, "insecure", c.InsecureSkipVerify, true)
	equal(t, "sources", f.Target.Sources, []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("fd00::1")})
	equal(t, "family", f.Target.Family, loadgen.IPv6)
	equal(t, "accounts", f.Session.Accounts, []smtpwire.Credentials{{Mechanism: "EXTERNAL"}})
	if c.RootCAs == nil || len(c.Certificates) != 1 || c.ClientSessionCache == nil {
		t.Errorf("files or the cache are missing: %+v", c)
	}
	if s.Plan().Flows[0].Target.TLS.ClientSessionCache == nil {
		t.Error("the cache is lost in a later plan")
	}
}

func TestSocketAndLMTP(t *testing.T) {
	p := mustParse(t, `name: lmtp
defaults: {load: {sessions: 1, duration: 1s}}
flows:
  socket: {target: {socket: /run/lmtp, lmtp: true}}
  network: {target: {host: 127.0.0.1, lmtp: true}, port: 24}
`)
	equal(t, "socket", p.Flows[0].Target, loadgen.Target{Network: "unix", Host: "/run/lmtp"})
	equal(t, "network", p.Flows[1].Target, loadgen.Target{Network: "tcp", Host: "127.0.0.1", Port: 24})
	for _, f := range p.Flows {
		equal(t, f.Name, f.Session.Wire, smtpwire.Options{Name: "localhost", LMTP: true})
	}
}
