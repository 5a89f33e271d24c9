package render

import (
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// What the verdict's sentence counts as other reasons is what the screen lists: no met
// threshold counts as one.
func TestScreenListsTheReasonsThatItCounts(t *testing.T) {
	res := oneFlow(false)
	for i := range res.Thresholds {
		res.Thresholds[i].OK = true
	}
	v := &res.Verdict
	v.Reasons = []string{"generator-bound: the cores were busy", "clock-stepped: by 3 s", "nothing measured: too short"}
	v.Conclusion = criteria.Conclusion{Word: criteria.Invalid, Reason: v.Reasons[0] + " (and 2 other reasons)"}
	for _, width := range []int{0, 80} {
		text := screenText(t, res, Options{Width: width})
		if strings.Count(text, "also: ") != 2 || !strings.Contains(text, "also: nothing measured") || strings.Contains(text, "more reason") {
			t.Errorf("at %d columns:\n%s", width, text)
		}
	}
}
