package netdrive

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"
)

func TestRememberedChains(t *testing.T) {
	server, client := certificates(t)
	leaf, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	now := leaf.NotBefore.Add(time.Minute)
	client.Time = func() time.Time { return now }
	state := tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	c := RememberChains(client)
	for range 2 {
		if err := c.VerifyConnection(state); err != nil {
			t.Fatal(err)
		}
	}
	// A good chain is not verified again, so this one passes although its
	// signature is gone.
	spoiled := *leaf
	spoiled.RawTBSCertificate, spoiled.Signature = nil, nil
	if err := c.VerifyConnection(tls.ConnectionState{PeerCertificates: []*x509.Certificate{&spoiled}}); err != nil {
		t.Errorf("a chain seen before was verified again: %v", err)
	}
	now = leaf.NotAfter.Add(time.Second)
	var invalid x509.CertificateInvalidError
	if err := c.VerifyConnection(state); !errors.As(err, &invalid) || invalid.Reason != x509.Expired {
		t.Errorf("a chain that has expired since: %v", err)
	}
	now = leaf.NotBefore.Add(time.Minute)
	other, _ := certificates(t)
	stranger, err := x509.ParseCertificate(other.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	var verification *tls.CertificateVerificationError
	err = c.VerifyConnection(tls.ConnectionState{PeerCertificates: []*x509.Certificate{stranger}})
	if !errors.As(err, &verification) {
		t.Errorf("the certificate of a stranger of the same name: %v", err)
	}
	client.ServerName = "other.test"
	if err := RememberChains(client).VerifyConnection(state); !errors.As(err, new(x509.HostnameError)) {
		t.Errorf("a wrong name: %v", err)
	}
	if err := c.VerifyConnection(tls.ConnectionState{}); err == nil {
		t.Error("no certificate at all passes")
	}
}

func TestRememberedChainsAreBounded(t *testing.T) {
	m := &chains{now: time.Now}
	for n := range 3 * maxChains {
		server, client := certificates(t)
		leaf, err := x509.ParseCertificate(server.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		m.name, m.roots = client.ServerName, client.RootCAs
		if err := m.verify(tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}); err != nil {
			t.Fatal(err)
		}
		if len(m.good) > maxChains {
			t.Fatalf("%d chains are kept after %d", len(m.good), n+1)
		}
	}
}

func TestUnverifiedStaysUnverified(t *testing.T) {
	if c := RememberChains(&tls.Config{InsecureSkipVerify: true}); c.VerifyConnection != nil {
		t.Error("a configuration that does not verify does now")
	}
}

// Without a name every certificate would be taken. crypto/tls refuses such a
// configuration, so it must get it unchanged.
func TestNamelessIsRefused(t *testing.T) {
	server, client := certificates(t)
	client.ServerName = ""
	c := RememberChains(client)
	if c.InsecureSkipVerify || c.VerifyConnection != nil {
		t.Error("a configuration without a name passes for one that verifies")
	}
	drivers(t, func(t *testing.T, d Driver) {
		p := dial(d, tcp(listen(t, "tcp", "127.0.0.1:0", func(c net.Conn) { shout(tls.Server(c, server)) })), &peer{tls: c})
		drive(t, d, func() bool { return p.err != nil || p.secured })
		p.conn.Close()
		if p.secured || p.err == nil {
			t.Error("a certificate was taken for no name at all")
		}
	})
}
