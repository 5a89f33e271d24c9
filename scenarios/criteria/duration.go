package criteria

import (
	"errors"
	"regexp"
	"time"
)

// DurationPattern is what a duration looks like: "250ms", "1m30s".
const DurationPattern = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

var durationRegexp = regexp.MustCompile(DurationPattern)

// Why a text is no duration.
var (
	ErrNoUnit     = errors.New("a unit is missing (ms, s, m, h)")
	ErrNoDuration = errors.New("not a duration")
)

// ParseDuration reads a duration that is not negative. The error is ErrNoUnit
// for a mere number, and ErrNoDuration otherwise.
func ParseDuration(text string) (time.Duration, error) {
	if whole.MatchString(text) {
		return 0, ErrNoUnit
	}
	if !durationRegexp.MatchString(text) {
		return 0, ErrNoDuration
	}
	v, err := time.ParseDuration(text)
	if err != nil {
		return 0, ErrNoDuration
	}
	return v, nil
}

// Seconds is how long the unit is that a rate is by, as it stands behind the
// slash: "s", "min" or "h". It is 0 for anything else.
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
