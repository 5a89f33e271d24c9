package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"
)

// otavaMetrics are the columns of a flow: which headline each has, divided by scale.
var otavaMetrics = []struct {
	name, column string
	scale        float64
}{
	{"p50", "p50_ms", float64(time.Millisecond)},
	{"p99", "p99_ms", float64(time.Millisecond)},
	{"rate", "messages_per_second", 1},
	{"errors", "error_share", 1},
}

// Otava writes a row a run, in order of time, for Apache Otava, which finds when
// headlines changed: the time, attributes that are words, and four metrics a flow.
// Otava has no missing values, so a flow that measured nothing is an error, and so are
// runs that differ in their flows.
func Otava(w io.Writer, list []*figures.Result) error {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *figures.Result) int { return a.Started.Compare(b.Started) })
	c := csv.NewWriter(w)
	var header []string
	for _, res := range list {
		names, row, err := otavaRow(res)
		if err != nil {
			return err
		}
		if header == nil {
			header = names
			if err := c.Write(header); err != nil {
				return err
			}
		}
		if !slices.Equal(names, header) {
			return fmt.Errorf("the run of %s has other flows than the first: rows need the same columns", otavaTime(res))
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func otavaRow(res *figures.Result) (names, row []string, err error) {
	// An attribute must not look like a number or a time.
	verdict := string(res.Verdict.Word)
	names = []string{"time", "run", "version", "verdict"}
	row = []string{otavaTime(res), csvText(res.Name), csvText(res.Environment.Version), verdict}
	for name, f := range res.FlowsInOrder() {
		headlines := f.Headlines()
		for _, m := range otavaMetrics {
			i := slices.IndexFunc(headlines, func(h figures.Headline) bool { return h.Name == m.name })
			if i < 0 {
				return nil, nil, fmt.Errorf("flow %s of the run of %s measured nothing: it cannot have a row", csvText(name), otavaTime(res))
			}
			names = append(names, csvText(name)+"."+m.column)
			row = append(row, strconv.FormatFloat(headlines[i].Value/m.scale, 'f', -1, 64))
		}
	}
	return names, row, nil
}

func otavaTime(res *figures.Result) string { return res.Started.UTC().Format(time.RFC3339) }
