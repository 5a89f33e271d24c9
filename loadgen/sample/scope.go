package sample

import "slices"

// A Scope is the part of a session that a phase belongs to.
type Scope uint8

// The scopes.
const (
	SetUp        Scope = iota // before the session's first message
	InMessage                 // within SpanMessage
	AfterMessage              // after the span of a message that failed
	Farewell                  // after the session's last message
	WholeSpan                 // none: the phase is a span of several
)

// Scope returns the part of a session that p belongs to.
func (p Phase) Scope() Scope {
	switch p {
	case Mail, Rcpt, Data, MailRcpt, MailRcptData, Body:
		return InMessage
	case Rset:
		return AfterMessage
	case Quit:
		return Farewell
	case SpanMessage, SpanSession:
		return WholeSpan
	}
	return SetUp
}

// PhasesOf lists the phases of some scopes, in the order of a session.
func PhasesOf(scopes ...Scope) []Phase {
	var list []Phase
	for p := range Phase(NumPhases) {
		if slices.Contains(scopes, p.Scope()) {
			list = append(list, p)
		}
	}
	return list
}

// ServerPhasesOf lists the phases of some scopes that the server has a part in.
// These are all but Resolve, the look-up of its name.
func ServerPhasesOf(scopes ...Scope) []Phase {
	return slices.DeleteFunc(PhasesOf(scopes...), func(p Phase) bool { return p == Resolve })
}
