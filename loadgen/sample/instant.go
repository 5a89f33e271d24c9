package sample

import "time"

// An Instant is a point in time on the wall clock: nanoseconds since the Unix
// epoch. It is the wall clock, not the monotonic one, because the kernel stamps
// arriving segments with the wall clock. Zero means that the time is not known.
type Instant int64

// Sub returns t-u.
func (t Instant) Sub(u Instant) time.Duration { return time.Duration(t - u) }

// Add returns t+d.
func (t Instant) Add(d time.Duration) Instant { return t + Instant(d) }

// Time returns t as a time.Time without a monotonic reading.
func (t Instant) Time() time.Time { return time.Unix(0, int64(t)) }
