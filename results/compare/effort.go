package compare

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// Nobody makes more rounds than this for an answer, or waits longer: a set-up that
// needs more is too noisy for the question.
const (
	MostRounds = 200
	mostTime   = 24 * time.Hour
)

// Effort says what it takes to make so many rounds a side: "9 rounds a side, 3 min
// in all". It is false if that is more than anybody would do.
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
		text += ", " + human.RoundedUp(takes) + " in all"
	}
	return text, true
}

// roundedUp writes a time as a scenario has it, in whole seconds, minutes or hours: the
// next one that is not much longer.
func roundedUp(d time.Duration) string {
	number, unit, _ := strings.Cut(human.RoundedUp(d), " ")
	return strings.ReplaceAll(number, ",", "") + strings.TrimSuffix(unit, "in")
}
