package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
)

// A bencherMetric is one figure in Bencher Metric Format.
type bencherMetric struct {
	Value float64  `json:"value"`
	Lower *float64 `json:"lower_value,omitempty"`
	Upper *float64 `json:"upper_value,omitempty"`
}

// bencherMeasures are Bencher's names of our headlines. latency (ns) and throughput
// (operations/s) are its own measures.
var bencherMeasures = map[string]string{"p50": "latency", "p99": "latency-p99", "rate": "throughput", "errors": "error-share"}

// Bencher writes res in Bencher Metric Format, a benchmark a flow. The
// lower and upper values are those of the rounds. A drift is in per cent an hour, of errors
// in percentage points, with the interval that it lies in.
func Bencher(w io.Writer, res *figures.Result) error {
	all := map[string]map[string]bencherMetric{}
	for name, f := range res.FlowsInOrder() {
		measures := map[string]bencherMetric{}
		for _, h := range f.Headlines() {
			m := bencherMetric{Value: h.Value}
			if len(h.Rounds) > 1 {
				// A percentile of all rounds merged may lie outside those of
				// the single rounds.
				m.Lower, m.Upper = new(min(h.Value, slices.Min(h.Rounds))), new(max(h.Value, slices.Max(h.Rounds)))
			}
			measures[bencherMeasures[h.Name]] = m
			if d := h.Drift; d != nil {
				measures[bencherMeasures[h.Name]+"-drift"] = bencherMetric{Value: 100 * d.PerHour, Lower: new(100 * d.Low), Upper: new(100 * d.High)}
			}
		}
		if len(measures) > 0 {
			all[trackedName(res, name)] = measures
		}
	}
	return writeTracked(w, all)
}

// A trackedBenchmark is one figure as github-action-benchmark reads it.
type trackedBenchmark struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
	Range string  `json:"range,omitempty"`
	Extra string  `json:"extra,omitempty"`
}

// SmallerIsBetter writes the headlines of res that are better if they are smaller,
// as customSmallerIsBetter of github-action-benchmark.
func SmallerIsBetter(w io.Writer, res *figures.Result) error {
	all := []trackedBenchmark{}
	for name, f := range res.FlowsInOrder() {
		for _, h := range f.Headlines() {
			scale, unit, drifts := float64(time.Millisecond), "ms", "%/h"
			switch h.Name {
			case "rate":
				continue
			case "errors":
				scale, unit, drifts = 0.01, "%", "points/h"
			}
			b := trackedBenchmark{
				Name: trackedName(res, name) + " " + h.Name, Unit: unit, Value: h.Value / scale,
				Extra: fmt.Sprintf("%s: %s, %s, %s load", res.Verdict.Word, printable.Text(f.Label), human.CountOf(f.Messages.Attempted, "message"), f.Load),
			}
			if n := len(h.Rounds); n > 1 {
				half := (slices.Max(h.Rounds) - slices.Min(h.Rounds)) / 2 / scale
				b.Range = fmt.Sprintf("± %s", human.ThreeDigits(half))
				b.Extra += fmt.Sprintf(", range over %d rounds", n)
			}
			all = append(all, b)
			if d := h.Drift; d != nil {
				all = append(all, trackedBenchmark{
					Name: b.Name + " drift", Unit: drifts, Value: 100 * d.PerHour,
					Range: "± " + human.ThreeDigits(50*(d.High-d.Low)), Extra: b.Extra,
				})
			}
		}
	}
	return writeTracked(w, all)
}

// trackedName is a flow's name among those of many scenarios.
func trackedName(res *figures.Result, flow string) string {
	return printable.Text(res.Name) + "/" + printable.Text(flow)
}

// writeTracked writes JSON whose texts are printable already.
func writeTracked(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing the result as JSON: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}
