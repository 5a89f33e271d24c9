package scenarios

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// take decodes one value with a shape.
func take[T any](s shape[T], text string) (T, bool) {
	var d decoder
	var v T
	n := tree.ParseOverride("value", text, &d.Report)
	if n != nil {
		s.decode(&d, n, &v)
	}
	return v, len(d.Faults) == 0
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"512B": 512, "1KB": 1000, "20KiB": 20480, "2MB": 2e6, "1.5MiB": 3 << 19, "1 GB": 1e9, "1GiB": 1 << 30, "0.5KB": 500,
		"0B": -1, "1": -1, "1kb": -1, "1K": -1, "-1B": -1, "1e3B": -1, "2GiB": -1, "99999999999GiB": -1, "1 B B": -1, ".5B": -1, "''": -1,
	} {
		v, ok := take(octets(1), text)
		if ok != (want >= 0) || ok && v != want {
			t.Errorf("%s: got %d, %v", text, v, ok)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"250ms": 250 * time.Millisecond, "2m": 2 * time.Minute, "1m30s": 90 * time.Second, "1.5s": 1500 * time.Millisecond, "10µs": 10 * time.Microsecond, "720h": 720 * time.Hour,
		"0s": -1, "10": -1, "1d": -1, "-1s": -1, "721h": -1, "1 s": -1, "s": -1, "99999999999999999999h": -1,
	} {
		v, ok := take(duration(time.Nanosecond), text)
		if ok != (want >= 0) || ok && v != want {
			t.Errorf("%s: got %v, %v", text, v, ok)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]rate{
		"200 sessions/s":       {200, loadgen.Sessions, true},
		"1 session/s":          {1, loadgen.Sessions, true},
		"30000 messages/min":   {500, loadgen.Messages, true},
		"36messages/h":         {0.01, loadgen.Messages, true},
		"0.5 messages/s":       {0.5, loadgen.Messages, true},
		"0 messages/s":         {0, loadgen.Messages, true},
		"200":                  {},
		"200/s":                {},
		"200 mails/s":          {},
		"200 sessions/m":       {},
		"200 sessions per s":   {},
		"-5 sessions/s":        {},
		"2000000 sessions/s":   {},
		"1e9999999 sessions/s": {},
	} {
		v, ok := take[rate](arrivalRate, text)
		if ok != want.known || ok && v != want {
			t.Errorf("%s: got %+v, %v", text, v, ok)
		}
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]int{
		"1": 1, "10": 10, "0": -1, "11": -1, "01": -1, "0x5": -1, "1_0": -1, "+5": -1, "-5": -1, "5.0": -1, "'5'": -1, "99999999999999999999": -1,
	} {
		v, ok := take(count(1, 10), text)
		if ok != (want >= 0) || ok && v != want {
			t.Errorf("%s: got %d, %v", text, v, ok)
		}
	}
}
