package loadgen

import "time"

const (
	// standstillFloor is the shortest standstill that counts. Threads take turns
	// on a processor by some milliseconds.
	standstillFloor = 100 * time.Millisecond
	// standstillGrain is how old the reading of the thread's times may be that a
	// standstill is measured from. They are not read each time the loop turns:
	// that takes as long as a reply.
	standstillGrain = 10 * time.Millisecond
)

// A standstill finds out how long the loop stood still while it had something to
// do: a stopped process, a machine that was paused. Time that its thread worked
// or waited for a processor is none. Lateness shows a standstill where arrivals
// were due; this one shows where a closed load was not kept up.
type standstill struct {
	turned time.Duration // when the loop turned last
	wanted time.Duration // when it had something to do after that
	unread time.Duration // how long the longest waiting of the replies since then lay unread

	readAt       time.Duration // when the thread's times were read
	cpu, waiting time.Duration
	sum          time.Duration
}

// begin begins to watch at a time, after a pause that was meant.
func (w *standstill) begin(now time.Duration, t threadTimes) {
	w.turned, w.wanted, w.unread = now, now, 0
	w.read(now, t)
}

func (w *standstill) read(now time.Duration, t threadTimes) {
	w.readAt, w.cpu, w.waiting = now, t.CPU(), t.RunDelay()
}

// turn looks at the time since the last turn.
func (w *standstill) turn(now time.Duration, t threadTimes) {
	gap := max(now-max(w.turned, w.wanted), min(now-w.turned, w.unread))
	w.turned, w.unread = now, 0
	if gap < standstillFloor && now-w.readAt < standstillGrain {
		return
	}
	cpu, waiting := w.cpu, w.waiting
	w.read(now, t)
	if still := gap - (w.cpu - cpu) - (w.waiting - waiting); still >= standstillFloor {
		w.sum += still
	}
}

// take returns how long the loop stood still since the last call.
func (w *standstill) take() time.Duration {
	sum := w.sum
	w.sum = 0
	return sum
}

// threadTimes are what a Driver knows of its thread; 0 where it does not.
type threadTimes interface {
	CPU() time.Duration
	RunDelay() time.Duration
}
