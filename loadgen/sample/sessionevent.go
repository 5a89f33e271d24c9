package sample

// A SessionEvent is counted once a session, or not at all.
type SessionEvent uint8

// What a session can come to. Every one started completes or fails.
const (
	SessionStarted   SessionEvent = iota
	SessionCompleted              // QUIT was answered
	SessionFailed
)
