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

	// The last turn that was long in coming: from when to when it took, and how
	// much of that the thread neither worked nor waited for a processor. It may
	// have slept, and there was nothing to do: a reply that is found only after
	// it, and was there before, tells that it stood still.
	from, to, away time.Duration

	readAt       time.Duration // when the thread's times were read
	cpu, waiting time.Duration
	sum          time.Duration
}

// begin begins to watch at a time, after a pause that was meant.
func (w *standstill) begin(now time.Duration, t threadTimes) {
	w.turned, w.wanted, w.unread, w.away = now, now, 0, 0
	w.read(now, t)
}

func (w *standstill) read(now time.Duration, t threadTimes) {
	w.readAt, w.cpu, w.waiting = now, t.CPU(), t.RunDelay()
}

// turn looks at the time since the last turn.
func (w *standstill) turn(now time.Duration, t threadTimes) {
	since := min(w.wanted, now-w.unread) // when there was something to do
	switch took := now - w.turned; {
	case took >= standstillFloor:
		cpu, waiting := w.cpu, w.waiting
		w.read(now, t)
		w.from, w.to, w.away = w.turned, now, took-(w.cpu-cpu)-(w.waiting-waiting)
	case now-w.readAt >= standstillGrain:
		w.read(now, t)
	}
	w.turned, w.unread = now, 0
	if still := min(w.away, w.to-max(w.from, since)); still >= standstillFloor {
		w.sum += still
		w.away = 0
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
