package machine

import "runtime"

// Allowed is how many cores a process may use.
type Allowed struct {
	Cores int     // those that it may run on
	Quota float64 // the processor time that its control groups grant it, in cores; 0 if they set no limit
}

// AllowedCores returns how many cores this process may use: by its affinity (see
// sched_setaffinity(2)), and by the limits cpu.max of its control groups.
func AllowedCores() Allowed {
	cores, ok := affinity()
	if !ok {
		cores = runtime.NumCPU()
	}
	return Allowed{Cores: cores, Quota: quota()}
}
