package sample

// A SessionEvent is the beginning or the end of a session.
type SessionEvent uint8

// The session events. Every session that started either completes or fails.
const (
	SessionStarted   SessionEvent = iota
	SessionCompleted              // QUIT was answered
	SessionFailed                 // it ended in any other way
)
