package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Threshold is a condition that a run has to meet, such as
// "submit-587.message.p99 < 250ms".
type Threshold struct {
	Expr   string // as written
	Flow   string // "" for every flow: see Of; also "" of a metric of the server
	Metric Metric
	Op     string  // "<", "<=", ">" or ">="
	Limit  float64 // in the metric's Unit
}

// ThresholdPattern matches every threshold, and some texts that are none:
// ParseThreshold decides.
const ThresholdPattern = `^\s*([A-Za-z0-9_.+-]+)\s*(<=|>=|<|>)\s*(\S.*?)\s*$`

// ThresholdExamples are thresholds of two kinds, for messages.
const ThresholdExamples = "FLOW.message.p99 < 250ms or errors < 0.1%"

// ErrNoThreshold is the error for a text that does not look like a threshold.
var ErrNoThreshold = errors.New("want a condition such as " + ThresholdExamples)

var thresholdRegexp = regexp.MustCompile(ThresholdPattern)

// ParseThreshold reads a condition: [FLOW.]METRIC, an operator, and the limit, which is
// a duration, a share, a rate, a number of messages, or a change an hour. It does not know whether the
// flow exists and has the metric: see CheckLoad. If the error is about what follows the
// flow, Flow is set all the same. The error is an *UnknownError if there is no such
// metric at all, and ErrNoThreshold if the text is no condition.
func ParseThreshold(text string) (Threshold, error) {
	m := thresholdRegexp.FindStringSubmatch(text)
	if m == nil {
		return Threshold{}, ErrNoThreshold
	}
	t := Threshold{Expr: strings.TrimSpace(text), Op: m[2]}
	err := t.name(m[1])
	if err != nil {
		return t, err
	}
	t.Limit, err = parseLimit(t.Metric.Unit(), m[3])
	return t, err
}

// name reads [FLOW.]METRIC. No text is both a metric and a flow with a metric: what
// follows a phase is no metric by itself.
func (t *Threshold) name(text string) error {
	if m, ok := parseServerMetric(text); ok {
		t.Metric = m
		return nil
	}
	whole, err := parseMetric(text)
	if err == nil {
		t.Metric = whole
		return nil
	}
	flow, rest, found := strings.Cut(text, ".")
	if !found {
		return err
	}
	metric, metricErr := parseMetric(rest)
	if _, isPhase := sample.ParsePhase(flow); metricErr != nil && isPhase {
		return err // a flow is rarely named like a phase
	}
	t.Flow, t.Metric = flow, metric
	return metricErr
}

// ThresholdName returns what the text of a threshold has before the operator.
func ThresholdName(text string) string {
	if m := thresholdRegexp.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// Of returns a threshold for every flow as that for one of them.
func (t Threshold) Of(flow string) Threshold {
	t.Expr, t.Flow = flow+"."+t.Expr, flow
	return t
}

// Bare reports whether the limit is a large share without %, as in errors < 0.1, which
// is 10 %: whoever wrote that may have meant 0.1 %.
func (t *Threshold) Bare() bool {
	return t.Metric.Unit() == Share && t.Limit >= 0.01 && !strings.HasSuffix(t.Expr, "%")
}

// CheckLoad returns an error if a flow under a kind of load does not have the
// metric.
func (t *Threshold) CheckLoad(load sample.LoadKind) error {
	if t.Metric.Part != sample.Service && load != sample.OpenLoad {
		return fmt.Errorf("flow %s has a closed load, which has no %s time, only service time", t.Flow, t.Metric.Part)
	}
	return nil
}

// Met reports whether a value, in the metric's Unit, meets the threshold.
func (t *Threshold) Met(value float64) bool {
	switch t.Op {
	case "<":
		return value < t.Limit
	case "<=":
		return value <= t.Limit
	case ">":
		return value > t.Limit
	case ">=":
		return value >= t.Limit
	}
	return false
}

// parseLimit reads the limit of a condition.
func parseLimit(unit Unit, text string) (float64, error) {
	switch unit {
	case Time:
		v, err := ParseDuration(text)
		switch {
		case errors.Is(err, ErrNoUnit):
			return 0, fmt.Errorf("want a duration such as 250ms, found %.60q: %w", text, err)
		case err != nil:
			return 0, fmt.Errorf("want a duration such as 250ms, found %.60q", text)
		}
		return float64(v), nil
	case Share:
		number, percent := strings.CutSuffix(text, "%")
		v, ok := parseNumber(strings.TrimSpace(number))
		if percent {
			v /= 100
		}
		if !ok || v > 1 {
			return 0, fmt.Errorf("want a share such as 0.1%% or 0.001, found %.60q", text)
		}
		return v, nil
	case SharePerHour, PointsPerHour:
		return parseDriftLimit(unit, text)
	case PerSecond:
		return ParseRate(text)
	case Octets:
		v, err := ParseSize(text)
		if errors.Is(err, ErrNoSize) {
			return 0, fmt.Errorf("%w, found %.60q", err, text)
		}
		return v, err
	case Plain:
		digits, below := strings.CutPrefix(text, "-")
		v, ok := parseNumber(digits)
		if !ok {
			return 0, fmt.Errorf("want a number such as 0.5, without a unit, found %.60q", text)
		}
		if below {
			v = -v
		}
		return v, nil
	}
	v, ok := parseNumber(text)
	if !ok || !whole.MatchString(text) {
		noun := "messages"
		if unit == Events {
			noun = "times"
		}
		return 0, fmt.Errorf("want a number of %s such as 1000, found %.60q", noun, text)
	}
	return v, nil
}

var (
	number = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,15})?$`)
	whole  = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})$`)
)

func parseNumber(text string) (float64, bool) {
	if !number.MatchString(text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
