package loadgen

import "time"

const (
	// standstillFloor is the shortest standstill that counts. Threads that share
	// a processor wait some milliseconds for each other.
	standstillFloor = 100 * time.Millisecond
	// standstillGrain is how old the reading of the thread's times may be from
	// which a standstill is measured. To read them at each pass of the loop would
	// take as long as to handle a reply.
	standstillGrain = 10 * time.Millisecond
)

// A standstill measures how long the loop stood still while it had something to do,
// for example because the process was stopped or the machine paused. Time in which
// its thread worked or waited for a processor does not count. Under open load late
// arrivals show a standstill; under closed load only this does.
type standstill struct {
	lastPass time.Duration // when the loop made its last pass
	wanted   time.Duration // when it had something to do after that
	unread   time.Duration // how long the oldest reply read since then had been there

	// The last pass that came late: the time from the pass before it, and how much
	// of that the thread neither worked nor waited for a processor. Perhaps the
	// thread slept because there was nothing to do. But a reply that was there
	// meanwhile, and is read only in a later pass, shows that it stood still.
	from, to, away time.Duration

	readAt       time.Duration // when the thread's times were read
	cpu, waiting time.Duration
	sum          time.Duration
}

// begin begins to watch. The time before it does not count.
func (w *standstill) begin(now time.Duration, t threadTimes) {
	w.lastPass, w.wanted, w.unread, w.away = now, now, 0, 0
	w.read(now, t)
}

func (w *standstill) read(now time.Duration, t threadTimes) {
	w.readAt, w.cpu, w.waiting = now, t.CPU(), t.RunDelay()
}

// notePass adds the standstill since the last pass, if there was one.
func (w *standstill) notePass(now time.Duration, t threadTimes) {
	since := min(w.wanted, now-w.unread) // when there was something to do
	switch took := now - w.lastPass; {
	case took >= standstillFloor:
		cpu, waiting := w.cpu, w.waiting
		w.read(now, t)
		w.from, w.to, w.away = w.lastPass, now, took-(w.cpu-cpu)-(w.waiting-waiting)
	case now-w.readAt >= standstillGrain:
		w.read(now, t)
	}
	w.lastPass, w.unread = now, 0
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

// threadTimes are what a Driver knows of its thread; 0 if it does not know.
type threadTimes interface {
	CPU() time.Duration
	RunDelay() time.Duration
}
