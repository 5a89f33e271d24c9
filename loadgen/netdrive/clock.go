package netdrive

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A clock reads the wall clock and the monotonic clock at once. It keeps the last
// reading for code that needs no fresh one, since reading takes time.
type clock struct {
	epoch time.Time
	wall  sample.Instant
	mono  time.Duration
}

func newClock(epoch time.Time) clock {
	return clock{epoch: epoch, wall: sample.Instant(epoch.UnixNano())}
}

// Now reads both clocks.
func (c *clock) Now() (sample.Instant, time.Duration) {
	t := time.Now()
	c.wall, c.mono = sample.Instant(t.UnixNano()), t.Sub(c.epoch)
	return c.wall, c.mono
}

// Recent returns the last reading.
func (c *clock) Recent() (sample.Instant, time.Duration) { return c.wall, c.mono }
