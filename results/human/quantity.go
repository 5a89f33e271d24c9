package human

import (
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// NoSamples is shown if there is no figure, so that nobody takes it for zero.
const NoSamples = "–"

// A Quantity is a figure as people read it, in its two parts.
type Quantity struct {
	Number string // "12.3"
	Unit   string // "ms"; "" for a plain number
}

// String is the number with its unit: "12.3 ms".
func (q Quantity) String() string {
	if q.Unit == "" {
		return q.Number
	}
	return q.Number + " " + q.Unit
}

// Signed has a plus before a number without a minus.
func (q Quantity) Signed() Quantity {
	if !strings.HasPrefix(q.Number, "-") {
		q.Number = "+" + q.Number
	}
	return q
}

// Span writes where a figure lies: "1.20 to 3.40 ms". A unit that both ends have
// is written once.
func Span(low, high Quantity) string {
	if low.Unit == high.Unit {
		low.Unit = ""
	}
	return low.String() + " to " + high.String()
}

// FigureOf is a figure in its unit: nanoseconds, a share (0 to 1), messages a
// second, messages, octets, how often something happened, a plain number, or a change an
// hour.
func FigureOf(u criteria.Unit, v float64) Quantity {
	switch u {
	case criteria.Share:
		return shareOf(v)
	case criteria.SharePerHour:
		q := SignedPercentOf(100 * v)
		return Quantity{q.Number, q.Unit + "/h"}
	case criteria.PointsPerHour:
		q := Quantity{ThreeDigits(100 * v), "points/h"}
		if q.Number == "0" {
			return q
		}
		return q.Signed()
	case criteria.PerSecond:
		return Quantity{Rate(v), "/s"}
	case criteria.Messages, criteria.Events:
		return Quantity{Number: Count(int64(v))}
	case criteria.Octets:
		number, unit, _ := strings.Cut(Bytes(int64(v)), " ")
		return Quantity{number, unit}
	case criteria.Plain:
		return Quantity{Number: Plain(v)}
	}
	return DurationOf(time.Duration(v))
}

// Figure writes a figure as FigureOf has it.
func Figure(u criteria.Unit, v float64) string { return FigureOf(u, v).String() }
