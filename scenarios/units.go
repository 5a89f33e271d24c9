package scenarios

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// errShape is the error for a value that does not have its shape, if there is
// nothing to add to what the shape says it wants.
var errShape = errors.New("not of this shape")

const (
	ratePattern = `^[0-9]+(\.[0-9]+)? ?(session|message)s?/(s|min|h)$`

	maxDuration = 30 * 24 * time.Hour
	maxSize     = 1 << 30
)

var rateRegexp = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(session|message)s?/(s|min|h)$`)

func parseDuration(text string) (time.Duration, error) {
	v, err := criteria.ParseDuration(text)
	if errors.Is(err, criteria.ErrNoDuration) {
		return 0, errShape
	}
	return v, err
}

// duration is the shape of a duration from least to maxDuration.
func duration(least time.Duration) shape[time.Duration] {
	smallest := ""
	if least > 0 {
		smallest = least.String()
	}
	return literal[time.Duration]{
		want:  "a duration such as 250ms or 2m",
		least: smallest,
		tags:  []tree.Tag{tree.IsText, tree.IsInteger, tree.IsFloat},
		parse: func(text string) (time.Duration, error) {
			v, err := parseDuration(text)
			switch {
			case err != nil:
				return 0, err
			case v < least:
				return 0, fmt.Errorf("%s is the least", criteria.DurationText(least))
			case v > maxDuration:
				return 0, fmt.Errorf("%s is the most", criteria.DurationText(maxDuration))
			}
			return v, nil
		},
		schema: jsonSchema{Type: "string", Pattern: criteria.DurationPattern},
	}
}

// octets is the shape of a number of octets.
func octets(least int64) shape[int64] {
	return literal[int64]{
		want: "a size such as 512B, 20KiB or 2MB",
		tags: []tree.Tag{tree.IsText, tree.IsInteger, tree.IsFloat},
		parse: func(text string) (int64, error) {
			v, err := criteria.ParseSize(text)
			v = math.Round(v)
			switch {
			case errors.Is(err, criteria.ErrNoSize):
				return 0, errShape
			case err != nil:
				return 0, err
			case v > maxSize:
				return 0, errors.New("1GiB is the most")
			case v < float64(least):
				return 0, fmt.Errorf("%dB is the least", least)
			}
			return int64(v), nil
		},
		schema: jsonSchema{Type: "string", Pattern: criteria.SizePattern},
	}
}

// A rate is a number of arrivals a second, and what arrives.
type rate struct {
	pace  pace.Rate
	unit  loadgen.Unit
	known bool // it was read: 0 is a rate too
}

// bareRate matches a rate that does not say of what in the words of a scenario.
var bareRate = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:msgs?|mails?|m|req|requests?|conns?|connections?)? ?/ ?(?:s|min|h)$`)

// arrivalRate is the shape of a rate.
var arrivalRate = literal[rate]{
	want: "a rate such as 200 sessions/s or 30000 messages/min",
	tags: []tree.Tag{tree.IsText, tree.IsInteger, tree.IsFloat},
	parse: func(text string) (rate, error) {
		if decimal.MatchString(text) {
			return rate{}, errors.New("its unit is missing: sessions or messages, by s, min or h")
		}
		m := rateRegexp.FindStringSubmatch(text)
		if m == nil {
			if n := bareRate.FindStringSubmatch(text); n != nil {
				return rate{}, fmt.Errorf("say what arrives, as in %s messages/s or %[1]s sessions/s", n[1])
			}
			if _, per, found := strings.Cut(text, "/"); found && criteria.Seconds(per) == 0 {
				return rate{}, fmt.Errorf("rates are by s, min or h, not by %s", tree.Quote(per))
			}
			return rate{}, errShape
		}
		f, err := strconv.ParseFloat(m[1], 64)
		f /= criteria.Seconds(m[3])
		if err != nil || f > criteria.MaxRate {
			return rate{}, criteria.ErrRate
		}
		unit := loadgen.Sessions
		if m[2] == "message" {
			unit = loadgen.Messages
		}
		return rate{pace.Rate(f), unit, true}, nil
	},
	schema: jsonSchema{Type: "string", Pattern: ratePattern},
}
