package fleet

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// docs/fleet.md has the times after which each side gives the other up.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("silent if it has said nothing for %g s", quietFor.Seconds()),
		fmt.Sprintf("come back within\n  %g s, the search ends", givenUpAfter.Seconds()),
		fmt.Sprintf("after %g s its place is free for another", lostAfter.Seconds()),
		fmt.Sprintf("the agents stop within %d s", drainsWithin),
		fmt.Sprintf("looks at the server is lost | it is reported lost after %g s.", lostAfter.Seconds()),
		fmt.Sprintf("counts as lost %g min after twice the time", stuckAfter.Minutes()),
		fmt.Sprintf("lost after %g s of silence", lostAfter.Seconds()),
		fmt.Sprintf("after %d s of silence the agents stop", patience),
		fmt.Sprintf("not come back %g s after its last word", givenUpAfter.Seconds()),
		fmt.Sprintf("after %g min without a step towards the start", stuckAfter.Minutes()),
		fmt.Sprintf("stood still for %g s or longer", record.StillFor.Seconds()),
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("docs/fleet.md does not say %q", want)
		}
	}
}

// An agent has stopped by itself before its coordinator gives it up.
func TestTimesOfSilence(t *testing.T) {
	if stops := (patience + drainsWithin) * time.Second; stops >= givenUpAfter {
		t.Errorf("an agent stops after %v without its coordinator, which has given it up after %v", stops, givenUpAfter)
	}
	if quietFor >= lostAfter || lostAfter >= givenUpAfter {
		t.Errorf("an agent is silent after %v, lost after %v and given up after %v", quietFor, lostAfter, givenUpAfter)
	}
}
