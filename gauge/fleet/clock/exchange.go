package clock

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An Exchange is one question for the time and its answer, as in RFC 5905, section 8. Sent
// and Returned are read from this machine's clock, Received and Answered from the other's.
type Exchange struct {
	Sent     sample.Instant // t1: the question left here
	Received sample.Instant // t2: it arrived there
	Answered sample.Instant // t3: the answer left there
	Returned sample.Instant // t4: it arrived here
}

// RoundTrip returns how long question and answer were under way, without the time that
// the other machine took in between.
func (x Exchange) RoundTrip() time.Duration {
	return x.Returned.Sub(x.Sent) - x.Answered.Sub(x.Received)
}

// Offset returns the other machine's clock less this one's, as if question and answer
// had taken equally long. It is wrong by half of RoundTrip at the most.
func (x Exchange) Offset() time.Duration {
	return x.Received.Sub(x.Sent)/2 + x.Answered.Sub(x.Returned)/2
}

// longest bounds what an exchange may last, and how far apart the clocks may be: beyond
// that, the difference of two instants does not fit a duration, or means nothing.
const (
	longest  = time.Minute
	farthest = 100 * 365 * 24 * time.Hour
)

// plausible tells whether the four timestamps can be those of one exchange. Nothing
// arrives before it was sent, except that clocks are read to no more than their resolution.
func (x Exchange) plausible() bool {
	if x.Sent <= 0 || x.Received <= 0 || x.Answered < x.Received || x.Returned < x.Sent {
		return false
	}
	if x.Returned.Sub(x.Sent) > longest || x.Answered.Sub(x.Received) > longest {
		return false
	}
	return x.RoundTrip() >= -resolution && x.Received.Sub(x.Sent).Abs() < farthest
}
