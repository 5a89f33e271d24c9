package render

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
)

// What drifts stands in the table of a long run, and with its interval in all other formats;
// a short run has none.
func TestDriftIsShown(t *testing.T) {
	run := madeup.Soak{Hours: 1, Slowing: 0.3, Leak: 1, Rate: 5, Seed: 1}.Run(t, "open.message.p50.drift < 5%", "open.message.p50.drift < 38%")
	for format, want := range map[string][]string{
		"table":    {"drift", "server.memory", "95 % range", "drifts", "open.message.p50.drift < 5%"},
		"json":     {`"drift": {`, `"percent_per_hour": `, `"interval_percent": [`, `"undecided": true`},
		"csv":      {"open,drift,message.p50,,low,", ",server.memory.drift,,,high,", "percent/h"},
		"junit":    {`type="threshold-missed"`, `type="threshold-undecided"`},
		"html":     {"server.memory", "no drift shown", "undecided"},
		"markdown": {"server.memory"},
	} {
		text := formatted(t, run, format)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%.3000s", format, part, text)
			}
		}
	}
	short := madeup.Soak{Hours: 0.15, Rate: 5, Seed: 1}.Run(t)
	for _, format := range []string{"table", "json", "csv"} {
		if text := formatted(t, short, format); strings.Contains(text, "drift") {
			t.Errorf("%s of a run of 9 minutes has a drift:\n%s", format, text)
		}
	}
}
