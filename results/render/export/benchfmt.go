package export

import (
	"fmt"
	"io"
	"math"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// The units of benchmarks. Those of times begin with a name and end in ns, which
// benchstat turns into seconds.
const (
	benchP50    = "p50-ns"
	benchP99    = "p99-ns"
	benchRate   = "msgs/s"
	benchErrors = "errors"
)

// benchBetter tells benchstat which way is better.
var benchBetter = [...]struct{ unit, better string }{
	{benchP50, "lower"}, {benchP99, "lower"}, {benchRate, "higher"}, {benchErrors, "lower"},
}

// Benchmarks writes res in the format of Go's benchmarks: a line for each
// round of each flow, so that benchstat takes rounds as its samples. Iterations are
// messages attempted, and errors are those not accepted. A round without a message
// has no line.
func Benchmarks(w io.Writer, res *figures.Result) error {
	out := benchfmt.NewWriter(w)
	for _, u := range benchBetter {
		line := benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: u.unit, Key: "better"}, OrigUnit: u.unit, Value: u.better}
		if err := out.Write(&line); err != nil {
			return err
		}
	}
	config := benchConfig(res)
	for name, f := range res.FlowsInOrder() {
		for _, r := range f.EachRound() {
			if r.Messages.Attempted == 0 {
				continue
			}
			line := benchfmt.Result{Config: config, Name: benchName(name, res.Environment.GOMAXPROCS), Iters: int(min(r.Messages.Attempted, math.MaxInt)), Values: benchValues(&r, f)}
			if err := out.Write(&line); err != nil {
				return err
			}
		}
	}
	return nil
}

// benchConfig holds only what two runs worth comparing share: benchstat shows runs
// that differ in any of it in separate tables.
func benchConfig(res *figures.Result) []benchfmt.Config {
	var list []benchfmt.Config
	e := &res.Environment
	for _, c := range [...]struct{ key, value string }{{"goos", e.OS}, {"goarch", e.Arch}, {"scenario", res.Name}} {
		if c.value != "" {
			list = append(list, benchfmt.Config{Key: c.key, Value: []byte(printable.Text(c.value)), File: true})
		}
	}
	return list
}

// benchName is a flow's name as one word, with the number of processors. Without
// that at its end, benchstat would read it from a name such as relay-25.
func benchName(flow string, processors int) benchfmt.Name {
	word := strings.ReplaceAll(printable.Text(flow), " ", "_")
	return fmt.Appendf(nil, "SMTP/flow=%s-%d", word, max(1, processors))
}

func benchValues(r *figures.Round, f *figures.Flow) []benchfmt.Value {
	var list []benchfmt.Value
	if d := r.Judged(f.Load); d != nil {
		list = append(list, benchfmt.Value{Value: float64(d.P50), Unit: benchP50}, benchfmt.Value{Value: float64(d.P99), Unit: benchP99})
	}
	return append(list, benchfmt.Value{Value: r.Rate, Unit: benchRate}, benchfmt.Value{Value: float64(r.Messages.Unaccepted()), Unit: benchErrors})
}
