package machine

import (
	"runtime"
	"testing"
)

func TestIdentity(t *testing.T) {
	id, cores := Identity()
	if id == "" {
		t.Skip("the system has no boot_id")
	}
	if len(id) != 16 || len(cores) != runtime.NumCPU() {
		t.Errorf("machine %q has the cores %v, want %d", id, cores, runtime.NumCPU())
	}
	if again, _ := Identity(); again != id {
		t.Errorf("the machine is %s, and then %s", id, again)
	}
}
