package criteria

import (
	"errors"
	"fmt"
	"regexp"
)

var rateRegexp = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:messages?)?/(s|min|h)$`)

// ParseRate reads a rate, such as 100/s or 30000 messages/min, as so many a second.
func ParseRate(text string) (float64, error) {
	m := rateRegexp.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("want a rate such as 100/s, found %.60q", text)
	}
	v, ok := parseNumber(m[1])
	if !ok {
		return 0, errors.New("the rate is too large")
	}
	return v / Seconds(m[2]), nil
}
