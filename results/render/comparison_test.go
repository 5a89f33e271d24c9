package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func comparisonTable(t *testing.T, c *compare.Comparison, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Comparisons.Write(&b, "table", c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestComparisonFormats(t *testing.T) {
	other := madeup.Quiet()
	other.Seed, other.Slower, other.Failing = 2, map[string]float64{"submit": 0.3}, 0.2
	c := comparisons.Of(t, madeup.Quiet(), other, compare.Options{Gates: []criteria.Gate{{Expr: "x | y", Metric: "rate"}}})
	for _, width := range []int{80, 100, 160} {
		for line := range strings.Lines(comparisonTable(t, c, Options{Width: width})) {
			if n := table.Width(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%d columns where %d were given: %s", n, width, line)
			}
		}
	}
	if short, all := comparisonTable(t, c, Options{}), comparisonTable(t, c, Options{All: true}); strings.Contains(short, "Holm") || !strings.Contains(all, "Holm") {
		t.Errorf("the statistics are to be left out unless asked for:\n%s", short)
	}
	for _, format := range Comparisons.Names() {
		var b bytes.Buffer
		if err := Comparisons.Write(&b, format, c, Options{}); err != nil || !strings.Contains(b.String(), "message.p50") {
			t.Errorf("%s: %v", format, err)
		}
		switch format {
		case "json":
			var back struct {
				Rows []struct {
					Flow, Metric, Verdict string
					Delta                 float64   `json:"delta_percent"`
					P                     *float64  `json:"p_value"`
					Interval              []float64 `json:"interval_percent"`
				}
				Warnings []string
			}
			if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Rows) != len(c.Rows) || len(back.Rows[0].Interval) != 2 || back.Warnings == nil {
				t.Errorf("%v: %+v", err, back)
			}
		case "csv":
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil || len(rows) != 1+len(c.Rows) {
				t.Errorf("%v: %d rows", err, len(rows))
			}
		}
	}
	if err := Comparisons.Write(&bytes.Buffer{}, "hgrm", c, Options{}); err == nil {
		t.Error("a format that is none")
	}
}
