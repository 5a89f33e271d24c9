package tally

import "github.com/smtpgauge/smtpgauge/loadgen/sample"

// Counts are the plain numbers of a series.
type Counts struct {
	Started         int64    `json:"sessions_started,omitempty"`
	Completed       int64    `json:"sessions_completed,omitempty"`
	FailedSession   int64    `json:"sessions_failed,omitempty"`
	CanceledSession int64    `json:"sessions_canceled,omitempty"`
	Outcomes        Outcomes `json:"outcomes"`
	Expected        int64    `json:"expected,omitempty"`  // of the rejected messages, those that the scenario wants rejected
	InWindow        int64    `json:"in_window,omitempty"` // accepted while the load lasted
	RcptAccepted    int64    `json:"recipients_accepted,omitempty"`
	RcptRejected    int64    `json:"recipients_rejected,omitempty"`
	RcptUnknown     int64    `json:"recipients_unknown,omitempty"`
	Unstamped       int64    `json:"unstamped,omitempty"`
}

// Add adds other counts.
func (c *Counts) Add(from *Counts) {
	c.Started += from.Started
	c.Completed += from.Completed
	c.FailedSession += from.FailedSession
	c.CanceledSession += from.CanceledSession
	for i, n := range from.Outcomes {
		c.Outcomes[i] += n
	}
	c.Expected += from.Expected
	c.InWindow += from.InWindow
	c.RcptAccepted += from.RcptAccepted
	c.RcptRejected += from.RcptRejected
	c.RcptUnknown += from.RcptUnknown
	c.Unstamped += from.Unstamped
}

// MessageCounts count messages by outcome.
type MessageCounts struct {
	Attempted int64 `json:"attempted"` // the sum of accepted, rejected, failed and unknown
	Accepted  int64 `json:"accepted"`
	Rejected  int64 `json:"rejected"`
	Expected  int64 `json:"expected,omitempty"` // of the rejected ones, those that the scenario wants rejected
	Failed    int64 `json:"failed"`
	Unknown   int64 `json:"unknown"`
}

// Messages are the counts of messages.
func (c *Counts) Messages() MessageCounts {
	o := &c.Outcomes
	m := MessageCounts{
		Accepted: o[sample.Accepted], Rejected: o[sample.Rejected], Expected: min(c.Expected, o[sample.Rejected]),
		Failed: o[sample.Failed], Unknown: o[sample.Unknown],
	}
	m.Attempted = m.Accepted + m.Rejected + m.Failed + m.Unknown
	return m
}

// Unaccepted counts the messages that were attempted and not accepted, without those
// that were rejected as expected.
func (m *MessageCounts) Unaccepted() int64 { return m.Attempted - m.Accepted - m.Expected }

// ErrorShare is the share of the messages attempted that Unaccepted counts, 0 to 1.
// It is false if none was attempted.
func (m *MessageCounts) ErrorShare() (float64, bool) {
	if m.Attempted == 0 {
		return 0, false
	}
	return float64(m.Unaccepted()) / float64(m.Attempted), true
}

// Answered counts the messages that the server accepted or rejected.
func (m *MessageCounts) Answered() int64 { return m.Accepted + m.Rejected }

// SessionCounts count sessions. Started is completed plus failed plus canceled.
type SessionCounts struct {
	Started   int64 `json:"started"`
	Completed int64 `json:"completed"`
	Failed    int64 `json:"failed"`
	Canceled  int64 `json:"canceled,omitempty"` // cut off by the generator, at a second ^C
	Peak      int64 `json:"peak"`               // open at once, the warm-up included
}

// RecipientCounts count recipients of messages that were sent whole or refused.
type RecipientCounts struct {
	Accepted int64 `json:"accepted"`
	Rejected int64 `json:"rejected"`
	Unknown  int64 `json:"unknown,omitempty"` // whether the server took the message for them is not known: its reply was lost
}

// ArrivalCounts are how many arrivals an open load had, and how many of them began,
// the warm-up included.
type ArrivalCounts struct {
	Due   int64 `json:"due"`
	Begun int64 `json:"begun"`
}

// Sessions are the counts of sessions, of which peak were open at once.
func (c *Counts) Sessions(peak int) SessionCounts {
	return SessionCounts{Started: c.Started, Completed: c.Completed, Failed: c.FailedSession, Canceled: c.CanceledSession, Peak: int64(peak)}
}

// Recipients are the counts of recipients.
func (c *Counts) Recipients() RecipientCounts {
	return RecipientCounts{Accepted: c.RcptAccepted, Rejected: c.RcptRejected, Unknown: c.RcptUnknown}
}
