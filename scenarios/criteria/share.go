package criteria

import (
	"errors"
	"regexp"
	"strconv"
)

// ErrNoPercent is the error for a number without %.
var ErrNoPercent = errors.New("the % is missing")

// ParseShare reads a percentage such as "3%" as a share: 0.03. The error is
// ErrNoPercent for a number without %.
func ParseShare(text string) (float64, error) {
	if number.MatchString(text) {
		return 0, ErrNoPercent
	}
	m := share.FindStringSubmatch(text)
	if m == nil {
		return 0, errors.New("want a percentage such as 3%")
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return v / 100, err
}

// SharePattern is what a percentage looks like.
const SharePattern = `^\s*([0-9]{1,5}(?:\.[0-9]{1,15})?)\s*%\s*$`

var share = regexp.MustCompile(SharePattern)
