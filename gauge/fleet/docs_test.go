package fleet

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// docs/fleet.md has the times after which each side gives the other up.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
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
