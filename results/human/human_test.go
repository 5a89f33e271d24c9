package human

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestHumanDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                          "0 µs",
		1:                          "0.001 µs",
		512:                        "0.512 µs",
		1234:                       "1.23 µs",
		999_499:                    "999 µs",
		999_500:                    "1.00 ms",
		9_999 * time.Microsecond:   "10.0 ms",
		12_345 * time.Microsecond:  "12.3 ms",
		999_600 * time.Microsecond: "1.00 s",
		59_940 * time.Millisecond:  "59.9 s",
		59_960 * time.Millisecond:  "1.00 min",
		90 * time.Second:           "1.50 min",
		time.Hour:                  "60.0 min",
		-1500 * time.Millisecond:   "-1.50 s",
		math.MinInt64:              "-153722867 min",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%d ns is %q, want %q", int64(d), got, want)
		}
	}
}

func TestExactDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 1500: "1.5 µs", 250 * time.Millisecond: "250 ms", 1500 * time.Millisecond: "1.5 s", time.Minute: "1 min", 10 * time.Minute: "10 min",
		90 * time.Second: "1 min 30 s", time.Hour: "1 h", 90 * time.Minute: "1 h 30 min", time.Hour + time.Second: "1 h 1 s", 2400000 * time.Hour: "2,400,000 h",
		-time.Minute: "-1 min", time.Minute + 20*time.Millisecond: "1 min 20 ms",
	} {
		if got := Exact(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if got := Seconds(64_600 * time.Millisecond); got != "1 min 5 s" {
		t.Errorf("in whole seconds it is %q", got)
	}
}

func TestRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "1 s", 10_001 * time.Millisecond: "11 s", 10 * time.Minute: "600 s", 10*time.Minute + 1: "11 min", 10 * time.Hour: "600 min", 11 * time.Hour: "11 h",
	} {
		if got := RoundedUp(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestHumanNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Count(0):           "0",
		Count(999):         "999",
		Count(12_345):      "12,345",
		Count(-123_456):    "-123,456",
		Count(-1_234_567):  "-1,234,567",
		Rate(0):            "0",
		Rate(0.5):          "0.500",
		Rate(4113.4):       "4,113",
		Rate(52.34):        "52.3",
		Share(0):           "0 %",
		Share(0.000001):    "<0.001 %",
		Share(0.000486):    "0.049 %",
		Share(0.0276):      "2.76 %",
		Share(-0.5):        "-50.0 %",
		Share(12.345):      "1,235 %",
		Bytes(512):         "512 B",
		Bytes(1023 << 10):  "1023 KiB",
		Bytes(48<<20 + 77): "48.0 MiB",
		Bytes(3 << 30):     "3.00 GiB",
		Rate(100.5):        "101",
		Rate(-100.5):       "-101",

		Percent(99.94):                    "99.9 %",
		Percent(99.96):                    "100 %",
		Percent(6329.4):                   "6,329 %",
		SignedPercent(6329.4):             "+6,329 %",
		SignedPercent(-2):                 "-2.0 %",
		SignedPercent(-0.04):              "0.0 %",
		SignedPercent(0.06):               "+0.1 %",
		TickPercent(50):                   "+50 %",
		TickPercent(-0.5):                 "-0.5 %",
		TickPercent(0):                    "0 %",
		TickPercent(2000):                 "+2,000 %",
		Plural(1, "one", "many"):          "1 one",
		Plural(2, "one", "many"):          "2 many",
		CountOf(1, "shard"):               "1 shard",
		CountOf(1234, "shard"):            "1,234 shards",
		SignedPointsOf(0).String():        "0.00 pp",
		SignedPointsOf(-0.00001).String(): "0.00 pp",
		SignedPointsOf(0.0123).String():   "+1.23 pp",

		DurationOf(time.Millisecond).Signed().String():  "+1.00 ms",
		DurationOf(-time.Millisecond).Signed().String(): "-1.00 ms",
		FigureOf(criteria.PerSecond, 4113.4).String():   "4,113 /s",
		FigureOf(criteria.Messages, 4113).String():      "4,113",
		FigureOf(criteria.Share, 0.5).String():          "50.0 %",
		FigureOf(criteria.Time, 1e6).String():           "1.00 ms",

		Span(DurationOf(time.Millisecond), DurationOf(2*time.Millisecond)):   "1.00 to 2.00 ms",
		Span(DurationOf(time.Microsecond), DurationOf(2*time.Millisecond)):   "1.00 µs to 2.00 ms",
		Span(FigureOf(criteria.Messages, 1), FigureOf(criteria.Messages, 2)): "1 to 2",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRampIsOfWholeNumbers(t *testing.T) {
	for _, c := range []struct {
		from, to float64
		want     string
	}{{800, 800, "800"}, {0, 1600, "0 to 1,600"}, {0.5, 2, "0.500 to 2"}} {
		if got := Ramp(c.from, c.to); got != c.want {
			t.Errorf("Ramp(%v, %v) is %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    []string
	}{
		{"", 5, []string{""}},
		{"a bc  def", 4, []string{"a bc", "def"}},
		{"abcdefgh i", 3, []string{"abc", "def", "gh", "i"}},
		{"äöü äöü", 3, []string{"äöü", "äöü"}},
	} {
		if got := Wrap(test.text, test.columns); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d columns is %q, want %q", test.text, test.columns, got, test.want)
		}
	}
}
