package loadgen

import (
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// report records the client's events, and tells whether there were any.
func (s *session) report() bool {
	events := s.client.Events()
	for i := range events {
		s.record(&events[i])
	}
	return len(events) > 0
}

func (s *session) record(e *smtpwire.Event) {
	r := s.flow.shard.recorder
	switch e.Kind {
	case smtpwire.Timed:
		if e.Phase == sample.Banner {
			s.flow.bannerSeen = true
			s.welcome(true)
		}
		series := s.seriesOf(e.Phase)
		r.Service(series, e.Phase, e.End.Sub(e.Start))
		if e.Phase == sample.SpanMessage {
			r.Own(series, s.own)
			s.finished = true
		}
		if e.Phase == sample.SpanMessage && s.flow.flow.Load.Open() {
			r.Response(series, sample.SpanMessage, max(0, e.End.Sub(s.due)))
		}
	case smtpwire.FailedEvent:
		if e.Failure.Phase == sample.Banner {
			s.welcome(false)
			if e.Failure.Class == sample.Busy {
				s.flow.totals.refused = max(s.flow.totals.refused, s.flow.totals.welcome)
			}
		}
		r.Failure(s.seriesOf(e.Failure.Phase), &e.Failure)
		if s.flow.flow.Expect.Covers(e.Failure.Phase, e.Failure.Class) {
			s.expected = true
		} else {
			s.unexpected = true
		}
	case smtpwire.MessageEnded:
		s.messageEnded(e)
	case smtpwire.Greeted:
		r.Greeting(s.series, s.destination().TCP.Addr(), s.greeting())
	case smtpwire.SessionQuit:
		s.completed = true
		r.Service(s.series, sample.SpanSession, max(0, e.End.Sub(s.began)))
		if l := &s.flow.flow.Load; l.Open() && l.Unit == Sessions {
			r.Response(s.series, sample.SpanSession, max(0, e.End.Sub(s.arrived)))
		}
	}
}

// welcome counts the session among those that the server has greeted, or no more.
func (s *session) welcome(is bool) {
	if s.greeted == is {
		return
	}
	s.greeted = is
	if is {
		s.flow.totals.welcome++
	} else {
		s.flow.totals.welcome--
	}
}

func (s *session) messageEnded(e *smtpwire.Event) {
	f := s.flow
	f.shard.recorder.Message(s.message, e.Outcome, f.stage, e.Accepted, e.Rejected)
	if e.Outcome == sample.Rejected && s.expected && !s.unexpected {
		f.shard.recorder.Expected(s.message)
	}
	if e.Unknown > 0 {
		f.shard.recorder.Unknown(s.message, e.Unknown)
	}
	if !s.finished && e.Start != 0 {
		f.shard.recorder.Unfinished(s.message, e.End.Sub(e.Start))
	}
	f.shard.release(s.tx)
	s.tx = nil
	s.sent++
	s.worked = s.worked || e.Outcome == sample.Accepted
	s.pauseDue = f.flow.Session.Think > 0 || !s.wrote
	s.lastEnd, _ = f.shard.driver.Recent()
	f.load.messageEnded(s.message)
}

// seriesOf returns the series that a phase is counted in. The phases of a message
// belong to the stage in which the message began or was due, and all others to the
// stage in which the session did.
func (s *session) seriesOf(p sample.Phase) sample.Series {
	switch p.Scope() {
	case sample.InMessage, sample.AfterMessage:
		return s.message
	}
	if p == sample.SpanMessage {
		return s.message
	}
	return s.series
}
