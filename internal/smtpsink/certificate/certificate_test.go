package certificate

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"
)

// issue makes a server's certificate and its authority's.
func issue(t *testing.T, now time.Time, names ...string) (leaf, authority *x509.Certificate) {
	t.Helper()
	pair, text, err := Issue("a server", names, now)
	if err != nil {
		t.Fatal(err)
	}
	if leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("no certificate in %q", text)
	}
	if authority, err = x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	return leaf, authority
}

func TestIssue(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	leaf, ca := issue(t, now, "mx.example.test", "127.0.0.1", "::1")
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, test := range []struct {
		name string
		at   time.Time
		ok   bool
	}{
		{"mx.example.test", now, true},
		{"127.0.0.1", now, true},
		{"::1", now, true},
		{"mx.example.test", now.Add(-time.Hour + time.Second), true}, // a clock that is behind
		{"mx.example.test", now.AddDate(0, 11, 0), true},
		{"mx.example.test", now.AddDate(2, 0, 0), false},
		{"other.example.test", now, false},
		{"127.0.0.2", now, false},
	} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: test.name, CurrentTime: test.at})
		if (err == nil) != test.ok {
			t.Errorf("%s at %v: %v, want it to hold: %v", test.name, test.at, err, test.ok)
		}
	}
	// Nobody trusts a certificate that is signed with the server's key.
	if leaf.IsCA {
		t.Error("the server's certificate is an authority's")
	}
	if ca.Subject.CommonName != "a server authority" || leaf.Subject.CommonName != "a server" {
		t.Errorf("subjects %q and %q", ca.Subject.CommonName, leaf.Subject.CommonName)
	}
	if ca.SerialNumber.Cmp(leaf.SerialNumber) == 0 {
		t.Error("both have one serial number")
	}
}

func TestNoAuthorityIsTrustedForAnother(t *testing.T) {
	now := time.Now()
	leaf, _ := issue(t, now, "x.test")
	_, other := issue(t, now, "x.test")
	roots := x509.NewCertPool()
	roots.AddCert(other)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "x.test"}); err == nil {
		t.Error("an authority of the same name vouches for a certificate it did not sign")
	}
}
