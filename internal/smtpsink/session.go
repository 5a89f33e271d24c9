package smtpsink

import (
	"errors"
	"io"
	"sync/atomic"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A session is what go-smtp calls at each command. Two of its fields are atomic, because
// go-smtp reads the content of BDAT in another goroutine, and an RSET can come meanwhile.
type session struct {
	sink       *Server
	counters   *counters
	recipients atomic.Int64
	bodyEnded  atomic.Bool // the next Reset is go-smtp's own, not the client's RSET
}

var _ smtp.AuthSession = (*session)(nil)

func (s *session) Reset() {
	if !s.bodyEnded.Swap(false) {
		s.sink.wait("rset")
	}
	s.recipients.Store(0)
}

func (s *session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.sink.wait("mail")
	return nil
}

func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	s.sink.wait("rcpt")
	s.recipients.Add(1)
	return nil
}

func (s *session) Data(r io.Reader) error {
	s.bodyEnded.Store(true)
	recipients := s.recipients.Load()
	n, err := io.Copy(io.Discard, r)
	if err != nil {
		if errors.Is(err, smtp.ErrDataTooLarge) {
			s.counters.rejected.Add(1)
		} else {
			s.counters.aborted.Add(1)
		}
		return err
	}
	s.sink.wait("body")
	s.counters.messages.Add(1)
	s.counters.recipients.Add(recipients)
	s.counters.octets.Add(n)
	return nil
}

func (s *session) AuthMechanisms() []string { return s.sink.accounts.mechanisms() }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	server, err := s.sink.accounts.server(mechanism)
	if err != nil {
		return nil, err
	}
	s.sink.wait("auth")
	return &verdict{Server: server, counters: s.counters}, nil
}

// A verdict counts how an AUTH ended, and makes every failure a 535. For an error of the
// mechanism that is not its own, go-smtp would send a 454, which means to try again later.
type verdict struct {
	sasl.Server
	counters *counters
}

func (v *verdict) Next(response []byte) (challenge []byte, done bool, err error) {
	challenge, done, err = v.Server.Next(response)
	switch {
	case err != nil:
		v.counters.authRejected.Add(1)
		return nil, true, smtp.ErrAuthFailed
	case done:
		v.counters.authenticated.Add(1)
	}
	return challenge, done, nil
}
