package fleet

import (
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/fleet/clock"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// enoughExchanges is how many times an agent is asked for the time before a run may begin.
const enoughExchanges = 3

// A tracker follows an agent's clock.
type tracker struct {
	track     clock.Track
	exchanges int
}

// add takes the four timestamps of an order and its answer.
func (t *tracker) add(sent, received, answered, returned sample.Instant) {
	if t.track.Add(clock.Exchange{Sent: sent, Received: received, Answered: answered, Returned: returned}) == nil {
		t.exchanges++
	}
}

// at is the agent's clock less this one's, and how wrong that can be.
func (t *tracker) at(now time.Time) (offset, wrong time.Duration) {
	r, ok := t.track.At(sample.Instant(now.UnixNano()))
	if !ok {
		return 0, 0
	}
	return r.Offset, r.Error
}

// there is an instant of this machine's clock on the agent's.
func (t *tracker) there(here time.Time) int64 {
	at, _, ok := t.track.There(sample.Instant(here.UnixNano()))
	if !ok {
		return here.UnixNano()
	}
	return int64(at)
}
