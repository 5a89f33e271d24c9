package human

import (
	"math"
	"strconv"
	"strings"
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

// Exact writes a duration that somebody set, with as many digits as it has: "250 ms", "1.5 s",
// "10 min", "1 h 30 min".
func Exact(d time.Duration) string {
	if d < 0 {
		return "-" + Exact(-max(d, -math.MaxInt64))
	}
	if d < time.Minute {
		unit := durationUnits[0]
		for _, u := range durationUnits {
			if d >= u.size {
				unit = u
			}
		}
		if d == 0 {
			unit = durationUnits[len(durationUnits)-1]
		}
		return strconv.FormatFloat(float64(d)/float64(unit.size), 'f', -1, 64) + " " + unit.name
	}
	var parts []string
	if h := d / time.Hour; h > 0 {
		parts = append(parts, Count(int64(h))+" h")
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		parts = append(parts, Count(int64(m))+" min")
	}
	if rest := d % time.Minute; rest > 0 {
		parts = append(parts, Exact(rest))
	}
	return strings.Join(parts, " ")
}

// Seconds writes how long something has taken or is to take, in whole seconds: "48 s",
// "1 min 5 s".
func Seconds(d time.Duration) string { return Exact(d.Round(time.Second)) }

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
