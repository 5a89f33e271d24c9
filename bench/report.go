package bench

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// figuresOf returns the figures of a run's one flow, and logs what the user has to know
// about them. If nothing was measured it fails the benchmark and returns nil.
func figuresOf(b *testing.B, result *gauge.Result) *figures.Flow {
	b.Helper()
	if served := result.Served; served != nil && served.Err != nil {
		b.Errorf("closing the built-in server: %v", served.Err)
	}
	res := result.Figures
	name := res.FlowOrder[0]
	f := result.Flow(name)
	if f.Messages.Answered() == 0 || result.Run.Closing.Lost != "" {
		b.Errorf("%s", strings.Join(res.Verdict.Failures, "; "))
		return nil
	}
	for i, e := range f.Errors {
		if i == maxErrorsShown {
			b.Logf("flow %s: and %d kinds of error more", name, len(f.Errors)-i)
			break
		}
		b.Logf("flow %s: %d times %s at %s: %s", name, e.Count, e.Class, e.Phase, e.Example)
	}
	if !res.Verdict.Valid {
		b.ReportMetric(1, "invalid")
		b.Logf("flow %s: %s", name, &res.Verdict)
	}
	for _, note := range res.Verdict.Notes {
		b.Logf("flow %s: %s", name, note)
	}
	return f
}

// maxErrorsShown is how many kinds of error are logged. go test keeps only ten lines of
// a benchmark's log.
const maxErrorsShown = 3

// report reports the metrics by the names that they have in the results' benchmark
// format.
func report(b *testing.B, f *figures.Flow, rate float64) {
	b.ReportMetric(rate, "msgs/s")
	b.ReportMetric(float64(f.Messages.Unaccepted()), "errors")
	// There is no such time if no message got to its end.
	if times := f.Judged(); times != nil {
		b.ReportMetric(float64(times.P50), "p50-ns")
		b.ReportMetric(float64(times.P99), "p99-ns")
	}
}
