package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// LeastDrift is how long a load has to last for a drift to be told.
const LeastDrift = 10 * time.Minute

// driftSuffix ends the name of a drift: how much a figure changes an hour while the load
// lasts.
const driftSuffix = ".drift"

// A Drifting is a figure of a flow that has a drift, with its name.
type Drifting struct {
	Name   string // of the figure: message.p99
	Metric Metric // of its drift
}

// Drifts lists the figures of a flow under a kind of load that have a drift.
func Drifts(load sample.LoadKind) []Drifting {
	parts := []sample.Part{sample.Service}
	if load == sample.OpenLoad {
		parts = append(parts, sample.Response)
	}
	var list []Drifting
	for _, span := range []sample.Phase{sample.SpanMessage, sample.SpanSession} {
		for _, part := range parts {
			name := span.String()
			if part != sample.Service {
				name += "." + part.String()
			}
			list = append(list,
				Drifting{name + ".p50", Metric{Phase: span, Part: part, Stat: "p50", Q: 0.5, Drift: true}},
				Drifting{name + ".p99", Metric{Phase: span, Part: part, Stat: "p99", Q: 0.99, Drift: true}})
		}
	}
	return append(list, Drifting{"errors", Metric{Kind: Errors, Drift: true}}, Drifting{"rate", Metric{Kind: Rate, Drift: true}})
}

// parseDrift reads the name of a figure whose drift is meant. It is false if the text does
// not end as one does.
func parseDrift(text string) (m Metric, isDrift bool, err error) {
	figure, isDrift := strings.CutSuffix(text, driftSuffix)
	if !isDrift {
		return Metric{}, false, nil
	}
	if m, err = parseMetric(figure); err != nil {
		if unknown := (*UnknownError)(nil); errors.As(err, &unknown) {
			unknown.Name = text
		}
		return m, true, err
	}
	m.Drift = true
	if !slices.ContainsFunc(Drifts(sample.OpenLoad), func(d Drifting) bool { return d.Metric == m }) {
		return m, true, fmt.Errorf("no drift is known of %.60s: p50 and p99 of message and session have one, errors, rate and server.memory", figure)
	}
	return m, true, nil
}

var driftRegexp = regexp.MustCompile(`^([+-]?)([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*(%|pp)$`)

// parseDriftLimit reads a change an hour: per cent, or percentage points of a share.
func parseDriftLimit(unit Unit, text string) (float64, error) {
	want, example := "%", "per cent an hour, such as 5%"
	if unit == PointsPerHour {
		want, example = "pp", "percentage points an hour, such as 0.1pp"
	}
	m := driftRegexp.FindStringSubmatch(text)
	if m == nil || m[3] != want {
		return 0, fmt.Errorf("want %s, found %.60q", example, text)
	}
	v, err := strconv.ParseFloat(m[1]+m[2], 64)
	return v / 100, err
}

// Shown tells what an interval that has the true value shows of a threshold: that it is met,
// that it is missed, or neither.
func (t *Threshold) Shown(low, high float64) (met, known bool) {
	met = t.Met(low)
	return met, met == t.Met(high)
}
