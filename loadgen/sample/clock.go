package sample

// Clock says whose word the arrival times are.
type Clock uint8

// The clocks.
const (
	KernelClock Clock = iota // every reply had a kernel stamp
	MixedClock               // some had
	UserClock                // none had
)

// ClockOf is the clock of a run by how many of its replies had a kernel stamp,
// and how many had none.
func ClockOf(stamped, bare int64) Clock {
	switch {
	case stamped == 0:
		return UserClock
	case bare == 0:
		return KernelClock
	}
	return MixedClock
}

// String returns the clock as it stands in results.
func (c Clock) String() string {
	switch c {
	case KernelClock:
		return "kernel"
	case MixedClock:
		return "mixed"
	}
	return "user"
}
