package pace

import "testing"

func TestProcessesAreNamed(t *testing.T) {
	for p, want := range map[Process]string{Uniform: "uniform", Poisson: "poisson"} {
		if got := p.String(); got != want {
			t.Errorf("process %d is named %q, want %q", uint8(p), got, want)
		}
		if got, ok := ParseProcess(want); !ok || got != p {
			t.Errorf("%q is parsed as %v, %v", want, got, ok)
		}
	}
	if got := Process(2).String(); got != "pace.Process(2)" {
		t.Errorf("a process that does not exist is named %q", got)
	}
	for _, name := range []string{"", "Poisson", "bursts"} {
		if p, ok := ParseProcess(name); ok {
			t.Errorf("%q is parsed as %v", name, p)
		}
	}
}
