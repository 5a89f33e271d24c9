package generator

import "fmt"

// The bounds of a usage, which a run file has from anybody.
const (
	maxFigure = 1 << 60 // it is added to those of others
	maxFree   = 1e6     // cores
	// Machines, and what is told of each.
	maxMachines   = 1 << 16
	maxMachineID  = 64 // octets
	maxCoreNumber = 1 << 16
)

// Check refuses figures that no process has.
func (g *Usage) Check() error {
	for _, n := range []int64{int64(g.CPU), g.MaxRSS, int64(g.GOMAXPROCS), g.GCPauses, int64(g.GCPauseTotal), int64(g.GCPauseMax)} {
		if n < 0 || n > maxFigure {
			return fmt.Errorf("the generator has a figure of %d, want 0 to %d", n, int64(maxFigure))
		}
	}
	if err := checkMachines(g.Machines); err != nil {
		return err
	}
	if f := g.Free; f != nil && !(f.Before >= 0 && f.Before <= maxFree && f.After >= 0 && f.After <= maxFree) {
		return fmt.Errorf("%g cores are free before and %g after the load, want 0 to %g", f.Before, f.After, float64(maxFree))
	}
	return nil
}

// checkMachines refuses machines that no system has.
func checkMachines(list []Machine) error {
	if len(list) > maxMachines {
		return fmt.Errorf("the generator ran on %d machines, want %d at most", len(list), maxMachines)
	}
	for i := range list {
		m := &list[i]
		if m.ID == "" || len(m.ID) > maxMachineID || i > 0 && m.ID <= list[i-1].ID {
			return fmt.Errorf("machine %d of the generator is %.60q, want IDs of 1 to %d octets in order", i+1, m.ID, maxMachineID)
		}
		if len(m.Cores) == 0 {
			return fmt.Errorf("machine %d of the generator has no cores", i+1)
		}
		for k, core := range m.Cores {
			if core < 0 || core > maxCoreNumber || k > 0 && core <= m.Cores[k-1] {
				return fmt.Errorf("machine %d of the generator has a core %d, want 0 to %d in order", i+1, core, maxCoreNumber)
			}
		}
	}
	return nil
}
