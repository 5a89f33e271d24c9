package sample

import "testing"

func TestClockOf(t *testing.T) {
	for want, replies := range map[string][2]int64{"kernel": {3, 0}, "mixed": {3, 1}, "user": {0, 1}, "unknown": {0, 0}} {
		if got := ClockOf(replies[0], replies[1]).String(); got != want {
			t.Errorf("%d stamped replies and %d others: clock %s, want %s", replies[0], replies[1], got, want)
		}
	}
}
