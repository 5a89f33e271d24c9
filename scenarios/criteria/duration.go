package criteria

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// DurationPattern is what a duration looks like: "250ms", "1m30s".
const DurationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|min|m|h))+$`

var durationRegexp = regexp.MustCompile(DurationPattern)

// Why ParseDuration refuses a text.
var (
	ErrNoUnit     = errors.New("a unit is missing (ms, s, m, h)")
	ErrNoDuration = errors.New("not a duration")
)

// ParseDuration reads a duration, which is not negative: min is m, as in rates. The error is ErrNoUnit for a
// number without a unit, and ErrNoDuration for anything else.
func ParseDuration(text string) (time.Duration, error) {
	if whole.MatchString(text) {
		return 0, ErrNoUnit
	}
	if !durationRegexp.MatchString(text) {
		return 0, ErrNoDuration
	}
	v, err := time.ParseDuration(strings.ReplaceAll(text, "min", "m"))
	if err != nil {
		return 0, ErrNoDuration
	}
	return v, nil
}

// DurationText writes a duration as ParseDuration reads it, without parts that are nothing: "10m",
// "1h30m", "250ms".
func DurationText(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Seconds is the length of a rate's unit of time in seconds: "s", "min" or "h", as in
// 100/min. It is 0 for any other unit.
func Seconds(unit string) float64 {
	switch unit {
	case "s":
		return 1
	case "min":
		return 60
	case "h":
		return 3600
	}
	return 0
}
