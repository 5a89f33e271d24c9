package tally

import (
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Security is what TLS came to in a session.
type Security struct {
	Version     string       `json:"version"`         // 1.3
	Cipher      string       `json:"cipher"`          // its IANA name
	Group       string       `json:"group,omitempty"` // of the key exchange; "" if there was none
	Certificate *Certificate `json:"certificate,omitempty"`
}

// A Certificate is a server's own.
type Certificate struct {
	Subject  string    `json:"subject"`         // the common name, or the first of Names
	Names    []string  `json:"names,omitempty"` // DNS names and addresses; further ones become one …
	Issuer   string    `json:"issuer"`
	NotAfter time.Time `json:"not_after"`
}

// newSecurity keeps what TLS came to; nil for none.
func newSecurity(s *sample.Security) *Security {
	if s == nil {
		return nil
	}
	kept := &Security{Version: s.Version, Cipher: s.Cipher, Group: s.Group}
	if c := &s.Certificate; !c.NotAfter.IsZero() {
		kept.Certificate = &Certificate{Subject: c.Subject, Names: c.Names, Issuer: c.Issuer, NotAfter: c.NotAfter}
	}
	return kept
}

// Equal tells whether TLS came to the same. Either may be nil.
func (s *Security) Equal(o *Security) bool {
	if s == nil || o == nil {
		return s == o
	}
	return s.Version == o.Version && s.Cipher == o.Cipher && s.Group == o.Group && s.Certificate.Equal(o.Certificate)
}

// Equal tells whether two certificates are the same as far as they are known. Either
// may be nil.
func (c *Certificate) Equal(o *Certificate) bool {
	if c == nil || o == nil {
		return c == o
	}
	return c.Subject == o.Subject && c.Issuer == o.Issuer && c.NotAfter.Equal(o.NotAfter) && slices.Equal(c.Names, o.Names)
}

// texts are all texts, which a run file bounds.
func (s *Security) texts() []string {
	if s == nil {
		return nil
	}
	list := []string{s.Version, s.Cipher, s.Group}
	if c := s.Certificate; c != nil {
		list = append(list, c.Subject, c.Issuer)
	}
	return list
}

// check refuses what is beyond the bounds.
func (s *Security) check() error {
	if s == nil || s.Certificate == nil {
		return nil
	}
	if n := len(s.Certificate.Names); n > sample.MaxNames {
		return fmt.Errorf("a certificate with %d names, want at most %d", n, sample.MaxNames)
	}
	return checkLines(s.Certificate.Names)
}
