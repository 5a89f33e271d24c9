package sample

// A SessionEvent is the beginning or the end of a session.
type SessionEvent uint8

// The session events. Every session that started completes, fails or is canceled.
const (
	SessionStarted   SessionEvent = iota
	SessionCompleted              // QUIT was answered
	SessionFailed                 // it ended in any other way
	SessionCanceled               // the generator cut it off before its end, which says nothing of the server
)
