package compare

import (
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/record"
)

func TestSurroundingsThatDiffer(t *testing.T) {
	base, other := madeup.Quiet().ReadAnew(t), madeup.Quiet().ReadAnew(t)
	if w := warnings(surroundings([]*record.Run{base}, []*record.Run{other})); len(w) > 0 {
		t.Fatalf("the same run twice: %q", w)
	}
	e := &other.Header.Environment
	e.Host, e.Kernel, e.Cores, e.Go, e.Version = "elsewhere", "7.0", 128, "go2", "v9"
	other.Header.Hash, other.Header.Seed, other.Closing = "fedcba9876543210", 9, nil
	other.Header.Flows[1].Name = "smtps"
	c, err := Compare([]*record.Run{base}, []*record.Run{other}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"host differs", "elsewhere", "kernel differs", "cores differs", "Go differs", "smtpgauge differs", "scenario differs",
		"seed differs: 1 on the base side, 9 on the new", "new side: 1 of 1 run invalid, the first because: partial: ",
		"flow submit is on the base side only", "flow smtps is on the new side only",
	} {
		if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, want) }) {
			t.Errorf("no warning of %q in %q", want, c.Warnings)
		}
	}
}

// A run in which the server failed is not called invalid.
func TestDoubtsSayWhatRunsAre(t *testing.T) {
	dead := madeup.Made(t, []madeup.Flow{{Name: "dead", Port: 25, Messages: 10, Failing: 100}}, 1)
	got := doubtsAbout("new", []*record.Run{dead})
	if len(got) != 1 || !strings.HasPrefix(got[0], "new side: 1 of 1 run failed, the first because: flow dead: ") {
		t.Errorf("got %q", got)
	}
}
