package criteria

import (
	"fmt"
	"regexp"
)

var rateRegexp = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:messages?)?/(s|min|h)$`)

// MaxRate is the highest rate that anybody may ask for, a second.
const MaxRate = 1e6

// ErrRate is the error for a rate over MaxRate.
var ErrRate = fmt.Errorf("%.0f a second is the most", float64(MaxRate))

// ParseRate reads a rate, such as 100/s or 30000 messages/min, as so many a second.
func ParseRate(text string) (float64, error) {
	m := rateRegexp.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("want a rate such as 100/s, found %.60q", text)
	}
	v, ok := parseNumber(m[1])
	if v /= Seconds(m[2]); !ok || v > MaxRate {
		return 0, ErrRate
	}
	return v, nil
}
