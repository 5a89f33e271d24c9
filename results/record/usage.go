package record

import (
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
)

// A Generator is what a process of ours took to make a run.
type Usage struct {
	CPU          time.Duration `json:"cpu_ns"` // user and system time
	MaxRSS       int64         `json:"max_rss_bytes"`
	GOMAXPROCS   int           `json:"gomaxprocs"`
	GCPauses     int64         `json:"gc_pauses"`
	GCPauseTotal time.Duration `json:"gc_pause_total_ns"` // upper bound, by the buckets of runtime/metrics
	GCPauseMax   time.Duration `json:"gc_pause_max_ns"`
	// Free is how many cores nobody used before and after the load; nil where
	// the system does not tell.
	Free *FreeAround `json:"free_cores,omitempty"`

	FreeUnsure bool `json:"-"` // of several processes together: some do not tell
}

// FreeAround is FreeCores on both sides of a load.
type FreeAround struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Most is how many cores were free at the better time: what is busy only
// before or only after the load may well be done with, or be made by, it.
func (f *FreeAround) Most() float64 { return max(f.Before, f.After) }

// MeasureUsage measures this process, since it started.
func MeasureUsage() Usage {
	g := Usage{GOMAXPROCS: runtime.GOMAXPROCS(0)}
	g.CPU, g.MaxRSS = machine.ProcessUsage()
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return g
	}
	h := sample[0].Value.Float64Histogram()
	for i, n := range h.Counts {
		if n == 0 {
			continue
		}
		// A pause is somewhere in its bucket: taken at the upper end, and at
		// the lower where there is no upper.
		bound := h.Buckets[i+1]
		if bound > 1e6 {
			bound = h.Buckets[i]
		}
		d := time.Duration(bound * float64(time.Second))
		g.GCPauses += int64(n)
		g.GCPauseTotal += time.Duration(n) * d
		g.GCPauseMax = d
	}
	return g
}

// merge adds another process.
func (g *Usage) merge(from Usage) {
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
