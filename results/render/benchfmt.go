package render

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// benchUnits tell benchstat which way is better. The times' units begin with
// ns last, which benchstat turns into seconds.
const benchUnits = `Unit p50-ns better=lower
Unit p99-ns better=lower
Unit msgs/s better=higher
Unit errors better=lower
`

// writeBenchmarks writes res in the format of Go's benchmarks: a line a flow
// and round, so that rounds are what benchstat takes as its samples. The
// number of iterations is that of the messages attempted, and errors are those
// not accepted. A round without a message has no line.
//
// Configuration lines hold only what two runs worth comparing share: benchstat
// shows runs that differ in one of them in separate tables.
func writeBenchmarks(w io.Writer, res *document) error {
	var b bytes.Buffer
	e := &res.Environment
	for _, c := range [...]struct{ key, value string }{{"goos", e.OS}, {"goarch", e.Arch}, {"scenario", res.Name}} {
		if c.value != "" {
			fmt.Fprintf(&b, "%s: %s\n", c.key, printable.Text(c.value))
		}
	}
	b.WriteString(benchUnits)
	for name, f := range res.FlowsInOrder() {
		for _, r := range f.EachRound() {
			if r.Messages.Attempted == 0 {
				continue
			}
			// Without the number of processors at the end, benchstat would
			// take it from a name such as relay-25.
			fmt.Fprintf(&b, "BenchmarkSMTP/flow=%s-%d\t%d", benchName(name), max(1, e.GOMAXPROCS), r.Messages.Attempted)
			if d := r.Judged(f.Load); d != nil {
				fmt.Fprintf(&b, "\t%d p50-ns\t%d p99-ns", d.P50.Nanoseconds(), d.P99.Nanoseconds())
			}
			fmt.Fprintf(&b, "\t%s msgs/s\t%d errors\n", strconv.FormatFloat(r.Rate, 'f', -1, 64), r.Messages.Unaccepted())
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// benchName makes a name that is one word.
func benchName(name string) string { return strings.ReplaceAll(printable.Text(name), " ", "_") }
