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
// section 6), but a chain it has seen only once: under load it is the same
// thousands of times, and a signature costs a fifth of the client's handshake.
// What was found good counts until the first certificate of the chain expires,
// what was not is looked at again. A configuration that does not verify stays
// as it is, and so do one with a way of its own and one without a name to verify,
// which crypto/tls refuses to use.
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

// chains remembers chains that were found good, and until when they are.
type chains struct {
	name  string
	roots *x509.CertPool // nil means the system's
	now   func() time.Time

	mu   sync.Mutex
	good map[[sha256.Size]byte]time.Time
}

// maxChains bounds what is remembered: a server may send another chain every
// time.
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

// check verifies a chain, and says until when that holds.
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

// fingerprint tells what a server sent from anything else it could send.
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
