package human

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// NoSamples stands where there is no figure, so that nobody takes it for zero.
const NoSamples = "–"

// Duration writes a time with three significant digits and the largest
// unit that keeps it at one or more: "12.3 ms". Minutes are the largest unit.
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-max(d, -math.MaxInt64))
	}
	for _, u := range [...]struct {
		name string
		size time.Duration
		next time.Duration
	}{
		{" µs", time.Microsecond, time.Millisecond},
		{" ms", time.Millisecond, time.Second},
		{" s", time.Second, time.Minute},
	} {
		// The comparison is of rounded values, as 999.9 µs would be "1000 µs".
		if v := roundTo3(float64(d) / float64(u.size)); v < float64(u.next/u.size) {
			return ThreeDigits(v) + u.name
		}
	}
	return ThreeDigits(max(1, d.Minutes())) + " min"
}

// Count writes an integer with its thousands apart: "12,345".
func Count(n int64) string { return thousands(strconv.FormatInt(n, 10)) }

// Rate writes a number a second: three significant digits, or all there
// are before the point.
func Rate(v float64) string { return thousands(ThreeDigits(v)) }

// Share writes a share (0 to 1) as a percentage.
func Share(v float64) string {
	switch p := 100 * v; {
	case p == 0:
		return "0 %"
	case math.Abs(p) < 0.001:
		return "<0.001 %"
	case math.Abs(p) < 1:
		return strconv.FormatFloat(p, 'f', 3, 64) + " %"
	default:
		return thousands(ThreeDigits(p)) + " %"
	}
}

// Bytes writes a size in binary units.
func Bytes(n int64) string {
	v := float64(n)
	for _, unit := range [...]string{" B", " KiB", " MiB"} {
		if roundTo3(v) < 1024 {
			return ThreeDigits(v) + unit
		}
		v /= 1024
	}
	return ThreeDigits(v) + " GiB"
}

// Signed puts a plus before what has no minus.
func Signed(figure string) string {
	if strings.HasPrefix(figure, "-") {
		return figure
	}
	return "+" + figure
}

// ThreeDigits writes v with three significant digits, and never with fewer
// than it has before the point. Zero is "0".
func ThreeDigits(v float64) string {
	decimals := 0
	switch abs := math.Abs(roundTo3(v)); {
	case abs == 0:
		return "0"
	case abs < 1:
		decimals = 3
	case abs < 10:
		decimals = 2
	case abs < 100:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// roundTo3 rounds to what threeDigits shows.
func roundTo3(v float64) float64 {
	scale := 1.0
	switch abs := math.Abs(v); {
	case abs < 1:
		scale = 1000
	case abs < 10:
		scale = 100
	case abs < 100:
		scale = 10
	}
	return math.Round(v*scale) / scale
}

// thousands puts commas into the part of a decimal number before its point.
func thousands(number string) string {
	digits, fraction := number, ""
	if i := strings.IndexByte(number, '.'); i >= 0 {
		digits, fraction = number[:i], number[i:]
	}
	first := 0
	if strings.HasPrefix(digits, "-") {
		first = 1
	}
	for i := len(digits) - 3; i > first; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + fraction
}

func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// CountOf writes a number of things: "1 shard", "2 shards".
func CountOf(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Count(n) + " " + noun
}

// Figure writes a figure as people read it.
func Figure(u criteria.Unit, v float64) string {
	switch u {
	case criteria.Share:
		return Share(v)
	case criteria.PerSecond:
		return Rate(v) + " /s"
	case criteria.Messages:
		return Count(int64(v))
	}
	return Duration(time.Duration(v))
}

func Percent(v float64) string {
	if math.Abs(v) >= 99.95 {
		return thousands(strconv.FormatFloat(v, 'f', 0, 64)) + " %"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " %"
}

func SignedPercent(v float64) string {
	if text := Percent(v); text != "-0.0 %" && text != "0.0 %" {
		return Signed(text)
	}
	return "0.0 %"
}
