package capacity

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// The documentation says how long trials and searches take. Its search for a rough answer is the
// shortest that the command suggests.
func TestLengthsOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/capacity.md")
	if err != nil {
		t.Fatal(err)
	}
	budget := strings.Replace(BudgetOf(LeastTrial).String(), "m0s", "m", 1)
	if want := fmt.Sprintf("`--trial %v --width 20%% --budget %s`", LeastTrial, budget); !strings.Contains(string(text), want) {
		t.Errorf("docs/capacity.md does not have %s", want)
	}
	for _, want := range []string{
		fmt.Sprintf("five minutes with\ntrials of %v", UsualTrial),
		fmt.Sprintf("a minute, for draining and rest, and %d times `--trial`", measuredInSearch),
		fmt.Sprintf("for two fifths of `--trial`, %d s at least", int(LeastDoubling.Seconds())),
		fmt.Sprintf("up to %s times `--trial`", map[int]string{6: "six"}[2*mostExtended]),
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("docs/capacity.md does not have %s", want)
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil || !strings.Contains(string(readme), "takes about five minutes: add `--capacity") {
		t.Errorf("README.md does not say that a search takes about five minutes: %v", err)
	}
	if UsualTrial != 10*time.Second || BudgetOf(UsualTrial) != 5*time.Minute || restOfSearch != time.Minute || doublingPart != 2.0/5 {
		t.Errorf("a search with trials of %v takes %v, and the documentation says five minutes", UsualTrial, BudgetOf(UsualTrial))
	}
	if fits := TrialOf(BudgetOf(LeastTrial)); fits != LeastTrial {
		t.Errorf("trials of %v fit the budget for trials of %v", fits, LeastTrial)
	}
}
