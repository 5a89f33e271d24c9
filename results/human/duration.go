package human

import (
	"math"
	"time"
)

// durationUnits are those that a duration is written in, each up to where the
// next begins. Minutes come after them.
var durationUnits = [...]struct {
	name  string
	size  time.Duration
	below float64 // of the unit
}{
	{"µs", time.Microsecond, 1000},
	{"ms", time.Millisecond, 1000},
	{"s", time.Second, 60},
}

// Duration writes a duration with three significant digits and the largest unit
// that keeps it at one or more, up to minutes: "12.3 ms".
func Duration(d time.Duration) string { return DurationOf(d).String() }

// RoundedUp writes how long something takes that nobody knows better than roughly, in
// whole seconds, minutes or hours: the next one that is not much longer, "48 s" or "11 min".
func RoundedUp(d time.Duration) string {
	unit, name := time.Second, "s"
	switch {
	case d > 10*time.Hour:
		unit, name = time.Hour, "h"
	case d > 10*time.Minute:
		unit, name = time.Minute, "min"
	}
	return Count(int64(max(1, (d+unit-1)/unit))) + " " + name
}

// DurationOf is a duration as Duration writes it.
func DurationOf(d time.Duration) Quantity {
	if d < 0 {
		q := DurationOf(-max(d, -math.MaxInt64))
		q.Number = "-" + q.Number
		return q
	}
	for _, u := range durationUnits {
		// The rounded values are compared, as 999.9 µs would be "1000 µs".
		if v := rounded(float64(d) / float64(u.size)); v < u.below {
			return Quantity{ThreeDigits(v), u.name}
		}
	}
	return Quantity{ThreeDigits(max(1, d.Minutes())), "min"}
}
