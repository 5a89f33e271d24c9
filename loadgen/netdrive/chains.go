package netdrive

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"sync"
	"time"
)

// RememberChains returns a copy of c that verifies servers as c does (RFC 5280
// section 6), but each chain of certificates only once. Under load a server sends
// the same chain thousands of times, and checking its signature costs a fifth of
// the client's handshake. A good chain is remembered until its first certificate
// expires. A bad chain is verified again each time.
//
// Three kinds of configuration are copied without a change: one that does not
// verify, one that verifies in a way of its own (VerifyConnection), and one
// without a ServerName, which crypto/tls refuses to use.
func RememberChains(c *tls.Config) *tls.Config {
	c = c.Clone()
	if c.InsecureSkipVerify || c.VerifyConnection != nil || c.ServerName == "" {
		return c
	}
	m := &chains{name: c.ServerName, roots: c.RootCAs, now: c.Time}
	if m.now == nil {
		m.now = time.Now
	}
	c.InsecureSkipVerify, c.VerifyConnection = true, m.verify
	return c
}

// chains remembers the chains that were verified, and until when they are good.
type chains struct {
	name  string
	roots *x509.CertPool // nil for the system's
	now   func() time.Time

	mu   sync.Mutex
	good map[[sha256.Size]byte]time.Time
}

// maxChains is how many chains are remembered at most: a server may send another
// one each time.
const maxChains = 64

func (m *chains) verify(s tls.ConnectionState) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	key, now := fingerprint(s.PeerCertificates), m.now()
	m.mu.Lock()
	until, known := m.good[key]
	m.mu.Unlock()
	if known && !now.After(until) {
		return nil
	}
	until, err := m.check(s.PeerCertificates, now)
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.good == nil || len(m.good) >= maxChains {
		m.good = map[[sha256.Size]byte]time.Time{}
	}
	m.good[key] = until
	return nil
}

// check verifies a chain, and returns until when it is good.
func (m *chains) check(sent []*x509.Certificate, now time.Time) (until time.Time, err error) {
	o := x509.VerifyOptions{Roots: m.roots, DNSName: m.name, CurrentTime: now, Intermediates: x509.NewCertPool()}
	for _, c := range sent[1:] {
		o.Intermediates.AddCert(c)
	}
	verified, err := sent[0].Verify(o)
	if err != nil {
		return time.Time{}, err
	}
	until = sent[0].NotAfter
	for _, c := range verified[0] {
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	return until, nil
}

// fingerprint is a hash of the certificates that a server sent. The lengths are
// part of it, so that no two lists of certificates have the same.
func fingerprint(sent []*x509.Certificate) [sha256.Size]byte {
	h := sha256.New()
	var length [8]byte
	for _, c := range sent {
		binary.BigEndian.PutUint64(length[:], uint64(len(c.Raw)))
		h.Write(length[:])
		h.Write(c.Raw)
	}
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}
