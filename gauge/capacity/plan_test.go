package capacity

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The search for a rough answer that the documentation shows is the shortest that the command
// suggests.
func TestRoughAnswerOfTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../docs/capacity.md")
	if err != nil {
		t.Fatal(err)
	}
	budget := strings.Replace(BudgetOf(LeastTrial).String(), "m0s", "m", 1)
	if want := fmt.Sprintf("`--trial %v --width 20%% --budget %s`", LeastTrial, budget); !strings.Contains(string(text), want) {
		t.Errorf("docs/capacity.md does not have %s", want)
	}
	if fits := TrialOf(BudgetOf(LeastTrial)); fits != LeastTrial {
		t.Errorf("trials of %v fit the budget for trials of %v", fits, LeastTrial)
	}
}
