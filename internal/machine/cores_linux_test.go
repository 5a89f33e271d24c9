package machine

import (
	"testing"
	"time"
)

func TestIdleTimeIsThatOfTheCoresAllowed(t *testing.T) {
	const stat = "cpu  10 0 10 600 60 0 0 0 0 0\n" +
		"cpu0 5 0 5 100 10 0 0 0 0 0\ncpu1 5 0 5 200 20 0 0 0 0 0\ncpu12 0 0 0 300 30 0 0 0 0 0\nintr 1 2 3 4 5 6 7\n"
	for _, c := range []struct {
		name, stat string
		allowed    func(int) bool
		want       time.Duration
		ok         bool
	}{
		{"all", stat, func(int) bool { return true }, 6600 * time.Millisecond, true},
		{"one", stat, func(core int) bool { return core == 12 }, 3300 * time.Millisecond, true},
		{"none", stat, func(int) bool { return false }, 0, false},
		{"empty", "", func(int) bool { return true }, 0, false},
		{"no number", "cpu0 1 1 1 x 1\n", func(int) bool { return true }, 0, false},
		{"short", "cpu0 1 1\n", func(int) bool { return true }, 0, false},
	} {
		if got, ok := parseIdle([]byte(c.stat), c.allowed); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v, want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

func TestFreeCoresAreCounted(t *testing.T) {
	free, ok := FreeCores(t.Context())
	if !ok || free < 0 {
		t.Errorf("%v free, %v: want a number of cores", free, ok)
	}
}
