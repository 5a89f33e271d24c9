package figures

import "testing"

// What is under the limit never looks as if it met it.
func TestFreeCoresShowTheirSideOfTheLimit(t *testing.T) {
	for cores, want := range map[float64]string{
		0: "0.0", 0.44: "0.4", 0.46: "0.46", 0.494: "0.49", 0.4999: "under 0.5", 0.5: "0.5", 1.97: "2.0",
	} {
		if got := freeText(cores); got != want {
			t.Errorf("%v free cores are shown as %q, want %q", cores, got, want)
		}
	}
}
