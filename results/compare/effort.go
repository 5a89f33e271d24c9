package compare

import (
	"fmt"
	"time"
)

// Nobody makes more rounds than this for an answer, or waits longer: a set-up that
// needs more is too noisy for the question.
const (
	MostRounds = 200
	mostTime   = 24 * time.Hour
)

// Effort says what it takes to make so many rounds a side: "9 rounds a side, 3m in
// all". It is false if that is more than anybody would do.
func (c *Comparison) Effort(rounds int) (string, bool) {
	takes := min(c.Base.RoundTime, mostTime)
	if !c.oneRun {
		takes += min(c.New.RoundTime, mostTime)
	}
	if rounds > MostRounds || takes > mostTime/time.Duration(max(1, rounds)) {
		return "", false
	}
	text := fmt.Sprintf("%d rounds a side", rounds)
	if takes *= time.Duration(rounds); takes > 0 {
		text += ", " + roundedUp(takes) + " in all"
	}
	return text, true
}

// roundedUp writes a time as a scenario has it, in whole seconds, minutes or hours: the
// next one that is not much longer.
func roundedUp(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}} {
		if d > 10*u.unit {
			return fmt.Sprintf("%d%s", (d+u.unit-1)/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", max(1, (d+time.Second-1)/time.Second))
}
