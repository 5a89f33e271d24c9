package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"os"

	"golang.org/x/sys/unix"
)

// Identity returns what the processes of this machine have in common and those of others do
// not, until it starts again, and the numbers of the cores that this process may run on. Both
// are empty if the system does not say.
func Identity() (id string, cores []int) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	var allowed unix.CPUSet
	if err != nil || len(boot) == 0 || unix.SchedGetaffinity(os.Getpid(), &allowed) != nil {
		return "", nil
	}
	for i := range len(allowed) * 64 {
		if allowed.IsSet(i) {
			cores = append(cores, i)
		}
	}
	sum := sha256.Sum256(boot)
	return hex.EncodeToString(sum[:8]), cores
}
