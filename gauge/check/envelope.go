package check

import (
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// maxTries is how many envelopes are tried if the server refuses them for good: one
// recipient that does not exist does not mean that none does.
const maxTries = 3

// maxTriedRecipients bounds the recipients of an envelope.
const maxTriedRecipients = 10

// proceed tries an envelope, or ends the session.
func (s *session) proceed() {
	w := s.walk
	if s.held != nil {
		s.held()
		s.held, s.state, s.limitAt = nil, holding, never
		return
	}
	if s.trial == noEnvelope || w.Tried > 0 && !s.refused || w.Tried == maxTries {
		s.client.Quit()
		return
	}
	before := envelope(&s.tx)
	s.tx.SevenBit = s.client.SevenBit()
	s.source.Render(uint64(w.Tried), time.Now(), &s.tx)
	s.tx.To = s.tx.To[:min(len(s.tx.To), maxTriedRecipients)]
	if slices.Equal(before, envelope(&s.tx)) {
		s.client.Quit()
		return
	}
	if limit := s.offered().number("SIZE"); limit > 0 && s.tx.Size > limit && s.trial == envelopeOnly {
		s.tx.Size = 0 // so that the envelope is tried all the same
	}
	w.Tried++
	s.refused = false
	if s.trial == wholeMessage {
		s.client.Send(&s.tx)
		return
	}
	s.client.Try(&s.tx)
}

// offered is what EHLO offered last.
func (s *session) offered() offer {
	hello := s.client.Hello()
	if s.secured {
		return offerIn(hello.Secure)
	}
	return offerIn(hello.Clear)
}

// envelope lists the addresses of a transaction.
func envelope(t *smtpwire.Transaction) []string {
	list := []string{string(t.From)}
	for _, to := range t.To {
		list = append(list, string(to))
	}
	return list
}
