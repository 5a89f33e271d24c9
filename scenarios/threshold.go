package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

const thresholdPattern = `^\s*[A-Za-z0-9_-]+\.[a-z0-9.]+\s*(<=|>=|<|>)\s*\S.*$`

var thresholdRegexp = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\.([a-z0-9.]+)\s*(<=|>=|<|>)\s*(\S.*?)\s*$`)

var thresholdText = text("a condition such as FLOW.message.p99 < 250ms or FLOW.errors < 0.1%", thresholdPattern)

// parseThreshold reads a condition. open tells whether a flow's load is open;
// its second value whether there is such a flow.
func parseThreshold(text string, open func(flow string) (bool, bool), flows []string) (loadgen.Threshold, error) {
	m := thresholdRegexp.FindStringSubmatch(text)
	if m == nil {
		return loadgen.Threshold{}, errShape
	}
	t := loadgen.Threshold{Expr: strings.TrimSpace(text), Flow: m[1], Op: m[3]}
	isOpen, known := open(t.Flow)
	if !known {
		return t, fmt.Errorf("no flow is named %s: %sknown are %s", quote(t.Flow), suggest(t.Flow, flows), list(flows))
	}
	metric, err := parseMetric(m[2])
	if err != nil {
		return t, err
	}
	if metric.Part != sample.Service && !isOpen {
		return t, fmt.Errorf("flow %s has a closed load, which knows no %s time: only service", t.Flow, metric.Part)
	}
	t.Metric = metric
	t.Limit, err = parseLimit(metric.Kind, m[4])
	return t, err
}

// figures are the metrics beside the times of phases.
var figures = map[string]loadgen.Metric{
	"errors":   {Kind: loadgen.Errors},
	"rate":     {Kind: loadgen.Rate},
	"accepted": {Kind: loadgen.Count, Outcome: sample.Accepted},
	"rejected": {Kind: loadgen.Count, Outcome: sample.Rejected},
	"failed":   {Kind: loadgen.Count, Outcome: sample.Failed},
	"unknown":  {Kind: loadgen.Count, Outcome: sample.Unknown},
}

// parseMetric reads what follows the flow: a figure, or PHASE[.PART].STAT.
func parseMetric(text string) (loadgen.Metric, error) {
	if m, ok := figures[text]; ok {
		return m, nil
	}
	phase, rest, found := strings.Cut(text, ".")
	p, ok := sample.ParsePhase(phase)
	if !ok {
		known := metricNames()
		return loadgen.Metric{}, fmt.Errorf("no phase or figure is named %s: %sknown are %s", quote(phase), suggest(phase, known), list(known))
	}
	if !found {
		return loadgen.Metric{}, fmt.Errorf("say which figure of %s: %s.p99, .mean or .max", phase, phase)
	}
	m := loadgen.Metric{Kind: loadgen.Latency, Phase: p}
	first, stat, more := strings.Cut(rest, ".")
	if part, known := sample.ParsePart(first); known && more {
		m.Part, rest = part, stat
	} else if known {
		return m, fmt.Errorf("say which figure of %s.%s: p99, mean or max", phase, rest)
	}
	if m.Part != sample.Service && !p.IsSpan() {
		return m, fmt.Errorf("%s has no %s time: only message and session have", phase, m.Part)
	}
	var err error
	m.Stat = rest
	m.Q, err = parseStat(rest)
	return m, err
}

func metricNames() []string {
	var names []string
	for p := range sample.NumPhases {
		names = append(names, sample.Phase(p).String())
	}
	return append(names, "errors", "rate", "accepted", "rejected", "failed", "unknown")
}

var statRegexp = regexp.MustCompile(`^p([0-9]{2})\.?([0-9]{0,4})$`)

// parseStat reads mean, max, or a quantile: p50, p99, and p99.9 or p999.
func parseStat(stat string) (float64, error) {
	if stat == "mean" || stat == "max" {
		return 0, nil
	}
	m := statRegexp.FindStringSubmatch(stat)
	// p999 is p99.9, but p100 is a mistake and not p10.0.
	if m == nil || strings.HasSuffix(stat, ".") || len(m[2]) > 0 && m[1] < "90" && !strings.Contains(stat, ".") {
		return 0, fmt.Errorf("no figure is named %s: known are quantiles such as p50, p99 and p99.9, mean and max", quote(stat))
	}
	// The decimals of a percentage are those of a share, two places on. Both
	// parts are digits, so this parses.
	q, err := strconv.ParseFloat("0."+m[1]+m[2], 64)
	if err != nil || q == 0 {
		return 0, fmt.Errorf("%s is no quantile: p50, p99 and p99.9 are", stat)
	}
	return q, nil
}

var perSecond = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(?:messages?)?/(s|min|h)$`)

// parseLimit reads the value of a condition, in the unit its metric has.
func parseLimit(kind loadgen.MetricKind, text string) (float64, error) {
	switch kind {
	case loadgen.Latency:
		v, err := parseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("want a duration such as 250ms, found %s%s", quote(text), because(err))
		}
		return float64(v / time.Nanosecond), nil
	case loadgen.Errors:
		number, percent := strings.CutSuffix(text, "%")
		v, ok := parseNumber(strings.TrimSpace(number))
		if percent {
			v /= 100
		}
		if !ok || v > 1 {
			return 0, fmt.Errorf("want a share such as 0.1%% or 0.001, found %s", quote(text))
		}
		return v, nil
	case loadgen.Rate:
		m := perSecond.FindStringSubmatch(text)
		if m == nil {
			return 0, fmt.Errorf("want a rate such as 100/s, found %s", quote(text))
		}
		v, ok := parseNumber(m[1])
		if !ok {
			return 0, errors.New("the rate is too large")
		}
		return v / seconds[m[2]], nil
	}
	v, ok := parseNumber(text)
	if !ok || !decimal.MatchString(text) {
		return 0, fmt.Errorf("want a number of messages such as 1000, found %s", quote(text))
	}
	return v, nil
}

var numberRegexp = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,15})?$`)

func parseNumber(text string) (float64, bool) {
	if !numberRegexp.MatchString(text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
