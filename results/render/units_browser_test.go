//go:build browser

package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// A spelling is how a page's scripts write something, and how they are to.
type spelling struct{ script, want string }

// spellings are times, counts and the sign for none, as Go writes them. The values
// are as coarse as those on a page.
func spellings() []spelling {
	list := []spelling{{"report.units.none", human.NoSamples}}
	for _, v := range []float64{
		0, 0.0004, 0.0006, 0.123, 0.5, 0.9994, 0.9996, 1, 1.234, 1.005, 9.994, 9.996, 12.34, 99.94, 99.96, 100.5, 123.4, 999.4, 999.6, 1000, 1234.5, 12345, 1234567,
	} {
		list = append(list, spelling{fmt.Sprintf("report.units.count(%v)", v), human.Rate(v)})
	}
	for _, d := range []time.Duration{
		0, 1, 512, 999, 1234, 99_940, 999_400, 999_600, time.Millisecond, 1_234_500, 12_345_000, 100_500_000, 999_400_000, 999_600_000,
		time.Second, 1500 * time.Millisecond, 59_940 * time.Millisecond, 59_960 * time.Millisecond, time.Minute, 90 * time.Second, time.Hour,
	} {
		list = append(list, spelling{fmt.Sprintf("report.units.time(%v)", d.Seconds()*1000), human.Duration(d)})
	}
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{500 * time.Microsecond, "500 µs"}, {5 * time.Millisecond, "5 ms"}, {2500 * time.Millisecond, "2.5 s"}, {10 * time.Second, "10 s"}, {10 * time.Minute, "10 min"},
	} {
		list = append(list, spelling{fmt.Sprintf("report.units.axisTime(%v)", c.d.Seconds()*1000), c.want})
	}
	return append(list, spelling{"report.units.axisCount(0.5)", "0.5"}, spelling{"report.units.axisCount(20000)", human.Count(20_000)})
}

// spellingScript writes everything by the page's rules, as a list.
func spellingScript() string {
	var scripts []string
	for _, s := range spellings() {
		scripts = append(scripts, s.script)
	}
	return "JSON.stringify([" + strings.Join(scripts, ", ") + "])"
}

func checkSpellings(t *testing.T, got []string) {
	t.Helper()
	want := spellings()
	if len(got) != len(want) {
		t.Fatalf("%d texts of %d", len(got), len(want))
	}
	for i, s := range want {
		if got[i] != s.want {
			t.Errorf("%s is %q, want %q as in Go", s.script, got[i], s.want)
		}
	}
}
