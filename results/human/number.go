package human

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Count writes an integer with its thousands apart: "12,345".
func Count(n int64) string { return thousands(strconv.FormatInt(n, 10)) }

// CountOf writes a number of things: "1 shard", "2 shards".
func CountOf(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return Count(n) + " " + noun
}

// Plural writes a number of things whose plural takes more than an s.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Rate writes how many there are a second, without the unit: "4,113", "52.3".
func Rate(v float64) string { return thousands(ThreeDigits(v)) }

// Plain writes a number of any size with three digits at least: "1,234,567", "0.123",
// "2.5e+12", "-3".
func Plain(v float64) string {
	switch size := math.Abs(v); {
	case size >= 1e12 || size != 0 && size < 0.001:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case size >= 100 || v == math.Trunc(v):
		return Count(int64(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Ramp writes a rate that is set, and where it goes: "800", "0 to 1,600". Whole numbers
// have no zeros behind the point.
func Ramp(from, to float64) string {
	if from == to {
		return setRate(from)
	}
	return setRate(from) + " to " + setRate(to)
}

func setRate(v float64) string {
	if whole := math.Trunc(v); whole == v && math.Abs(v) < 1e15 {
		return Count(int64(whole))
	}
	return Rate(v)
}

// Bytes writes a size in binary units: "48.0 MiB".
func Bytes(n int64) string {
	v := float64(n)
	for _, unit := range [...]string{" B", " KiB", " MiB"} {
		if rounded(v) < 1024 {
			return ThreeDigits(v) + unit
		}
		v /= 1024
	}
	return ThreeDigits(v) + " GiB"
}

// ThreeDigits writes v with three significant digits, and never with fewer
// than it has before the point. Zero is "0".
func ThreeDigits(v float64) string {
	v = rounded(v)
	decimals := 0
	switch abs := math.Abs(v); {
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

// rounded is v as ThreeDigits shows it.
func rounded(v float64) float64 {
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
