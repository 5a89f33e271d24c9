package clock

import (
	"math"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// lines are all straight lines that the offset may follow over time: those that pass
// through the interval of every exchange. A line is y = a + b·x, in which x is the time
// from the instant that is asked about, so that a is the offset then, and b is the drift.
// For one b, a is at least the highest of low-b·x and at most the lowest of high-b·x. The
// one is a convex function of b and the other a concave one, so the b for which some a is
// left are an interval, and the extremes of a are found by search.
type lines struct {
	origin    time.Duration // added to every offset
	x         []float64     // nanoseconds
	low, high []float64     // nanoseconds
}

// lines returns the lines through the kept exchanges, seen from an instant.
func (t *Track) lines(at sample.Instant) lines {
	l := lines{origin: t.kept[len(t.kept)-1].Offset()}
	for _, k := range t.kept {
		x := float64(k.Sent.Add(k.Returned.Sub(k.Sent) / 2).Sub(at))
		// The drift within the exchange itself counts as wander.
		apart := math.Abs(x) + float64(k.Returned.Sub(k.Sent))
		half := float64(max(0, k.RoundTrip())+1)/2 + float64(resolution) + Wander*apart
		y := float64(k.Offset() - l.origin)
		l.x, l.low, l.high = append(l.x, x), append(l.low, y-half), append(l.high, y+half)
	}
	return l
}

// lowest and highest bound a for one b.
func (l *lines) lowest(b float64) float64 {
	most := math.Inf(-1)
	for i, x := range l.x {
		most = max(most, l.low[i]-b*x)
	}
	return most
}

func (l *lines) highest(b float64) float64 {
	least := math.Inf(1)
	for i, x := range l.x {
		least = min(least, l.high[i]-b*x)
	}
	return least
}

func (l *lines) room(b float64) float64 { return l.highest(b) - l.lowest(b) }

// roomiest returns the b that leaves the most room for a.
func (l *lines) roomiest() float64 { return peak(l.room, -MaxDrift, MaxDrift) }

// exist tells whether there is such a line.
func (l lines) exist() bool { return l.room(l.roomiest()) >= 0 }

// extremes returns the middle of what a and b can be, and how far they can be from it. If
// no line passes through all intervals, it takes the one that comes closest.
func (l lines) extremes() (offset, offsetError time.Duration, drift, driftError float64) {
	middle := l.roomiest()
	from, to := middle, middle
	if l.room(middle) >= 0 {
		from, to = edge(l.room, middle, -MaxDrift), edge(l.room, middle, MaxDrift)
	}
	most := l.highest(peak(l.highest, from, to))
	least := l.lowest(peak(func(b float64) float64 { return -l.lowest(b) }, from, to))
	offset = l.origin + time.Duration((most+least)/2)
	return offset, time.Duration(math.Ceil(math.Abs(most-least) / 2)), (from + to) / 2, (to - from) / 2
}

// halvings is how often an interval of drifts is narrowed: to a millionth of a ppb, so
// that an hour away it is a thousandth of a nanosecond.
const halvings = 60

// peak returns where a concave function is highest between two places, by golden section.
func peak(f func(float64) float64, from, to float64) float64 {
	const golden = 0.6180339887498949
	left, right := to-golden*(to-from), from+golden*(to-from)
	atLeft, atRight := f(left), f(right)
	for range halvings {
		if atLeft < atRight {
			from, left, atLeft = left, right, atRight
			right = from + golden*(to-from)
			atRight = f(right)
		} else {
			to, right, atRight = right, left, atLeft
			left = to - golden*(to-from)
			atLeft = f(left)
		}
	}
	return (from + to) / 2
}

// edge returns how far from inside, where f is at least 0, towards a place it stays so.
func edge(f func(float64) float64, inside, towards float64) float64 {
	if f(towards) >= 0 {
		return towards
	}
	for range halvings {
		if middle := (inside + towards) / 2; f(middle) >= 0 {
			inside = middle
		} else {
			towards = middle
		}
	}
	return inside
}
