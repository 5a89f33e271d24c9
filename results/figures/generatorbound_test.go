package figures

import "testing"

// What is beyond a limit never looks as if it met it.
func TestValuesShowTheirSideOfTheLimit(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0.0", 0.44: "0.4", 0.46: "0.46", 0.494: "0.49", 0.4999: "under 0.5", 0.5: "0.5", 0.504: "0.504", 0.50004: "over 0.5", 1.97: "2.0",
	} {
		if got := besides(value, 0.5, 1); got != want {
			t.Errorf("%v is shown as %q beside 0.5, want %q", value, got, want)
		}
	}
	if got := besides(50.2, 50, 0); got != "50.2" {
		t.Errorf("50.2 is shown as %q beside 50", got)
	}
}
