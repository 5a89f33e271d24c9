package netdrive

import (
	"testing"
	"time"
)

func TestRunDelayIsTheSecondField(t *testing.T) {
	for line, want := range map[string]time.Duration{
		"696667 708985 11\n": 708985,
		"0 0 0\n":            0,
		"":                   0, // a kernel that does not count
		"1 2\n":              0,
		"1 x 3\n":            0,
	} {
		if got := parseRunDelay([]byte(line)); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}
