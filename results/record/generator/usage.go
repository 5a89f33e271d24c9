// Package generator tells what the generator's own processes used and had while they made a run.
package generator

import (
	"cmp"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
)

// A Usage is what the generator's process used while it made a run.
type Usage struct {
	CPU          time.Duration `json:"cpu_ns"`        // user and system time
	MaxRSS       int64         `json:"max_rss_bytes"` // since the process started, because systems do not tell it of a part of that time
	GOMAXPROCS   int           `json:"gomaxprocs"`
	GCPauses     int64         `json:"gc_pauses"`
	GCPauseTotal time.Duration `json:"gc_pause_total_ns"` // upper bound, by the buckets of runtime/metrics
	GCPauseMax   time.Duration `json:"gc_pause_max_ns"`
	// Free is how many cores nobody used before and after the load; nil if the
	// system does not say.
	Free *FreeAround `json:"free_cores,omitempty"`
	// Machines are those that the processes ran on, in the order of their IDs, each once; nil
	// if that is not known of all. Files of earlier versions have none.
	Machines []Machine `json:"machines,omitempty"`

	FreeUnsure     bool `json:"-"` // of several processes together: the system of some does not say
	machinesUnsure bool // of several processes together: some do not say
}

// A Machine is what a generator could use of a machine.
type Machine struct {
	ID    string `json:"id"`    // that no other machine has
	Cores []int  `json:"cores"` // their numbers there, each once, in order
}

// Cores is how many cores the processes could run on, each counted once although several
// processes share it; 0 if that is not known.
func (g *Usage) Cores() int {
	n := 0
	for i := range g.Machines {
		n += len(g.Machines[i].Cores)
	}
	return n
}

// FreeAround is how many cores were free before a load and after it.
type FreeAround struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Most is the larger of the two: load seen on one side only may have ended, or be
// the run's own aftermath.
func (f *FreeAround) Most() float64 { return max(f.Before, f.After) }

// A UsageMeter measures what this process uses, from StartUsage on.
type UsageMeter struct {
	cpu    time.Duration
	pauses []uint64 // by the bucket of runtime/metrics
}

// StartUsage begins to measure.
func StartUsage() UsageMeter {
	var m UsageMeter
	m.cpu, _ = machine.ProcessUsage()
	m.pauses = gcPauses().counts
	return m
}

// Used returns what the process has used since the start. Free is not part of it.
func (m *UsageMeter) Used() Usage {
	g := Usage{GOMAXPROCS: runtime.GOMAXPROCS(0)}
	g.CPU, g.MaxRSS = machine.ProcessUsage()
	g.CPU = max(0, g.CPU-m.cpu)
	if id, cores := machine.Identity(); id != "" {
		g.Machines = []Machine{{id, cores}}
	}
	g.countPauses(gcPauses(), m.pauses)
	return g
}

// pauses are the times that garbage collections stopped the process, by runtime/metrics.
type pauses struct {
	counts []uint64
	bounds []float64 // in seconds, one more than counts
}

// gcPauses reads those since the process started; they are empty if this Go does not tell.
func gcPauses() pauses {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return pauses{}
	}
	h := sample[0].Value.Float64Histogram()
	return pauses{slices.Clone(h.Counts), h.Buckets}
}

// countPauses takes the pauses that were not there before.
func (g *Usage) countPauses(now pauses, before []uint64) {
	for i, n := range now.counts {
		if i < len(before) {
			n -= min(n, before[i])
		}
		if n == 0 {
			continue
		}
		// A pause is somewhere in its bucket. It counts as the upper end, or as
		// the lower if there is no upper.
		bound := now.bounds[i+1]
		if bound > 1e6 {
			bound = now.bounds[i]
		}
		d := time.Duration(bound * float64(time.Second))
		g.GCPauses += int64(n)
		g.GCPauseTotal += time.Duration(n) * d
		g.GCPauseMax = d
	}
}

// Merge adds the usage of another process.
func (g *Usage) Merge(from Usage) {
	g.mergeMachines(&from)
	g.FreeUnsure = g.FreeUnsure || from.FreeUnsure || from.Free == nil
	g.CPU += from.CPU
	g.MaxRSS += from.MaxRSS
	g.GOMAXPROCS += from.GOMAXPROCS
	g.GCPauses += from.GCPauses
	g.GCPauseTotal += from.GCPauseTotal
	g.GCPauseMax = max(g.GCPauseMax, from.GCPauseMax)
	if g.Free == nil || from.Free != nil && from.Free.Most() < g.Free.Most() {
		g.Free = from.Free
	}
}

// mergeMachines adds the machines of another process. Those of the first process that is
// added are taken as they are.
func (g *Usage) mergeMachines(from *Usage) {
	if g.machinesUnsure = g.machinesUnsure || from.machinesUnsure || len(from.Machines) == 0; g.machinesUnsure {
		g.Machines = nil
		return
	}
	all := slices.Clone(g.Machines)
	for _, m := range from.Machines {
		i, known := slices.BinarySearchFunc(all, m.ID, func(m Machine, id string) int { return cmp.Compare(m.ID, id) })
		if !known {
			all = slices.Insert(all, i, m)
			continue
		}
		cores := slices.Concat(all[i].Cores, m.Cores)
		slices.Sort(cores)
		all[i].Cores = slices.Compact(cores)
	}
	g.Machines = all
}
