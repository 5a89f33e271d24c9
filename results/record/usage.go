package record

import (
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
)

// A Usage is what the generator's process used to make a run.
type Usage struct {
	CPU          time.Duration `json:"cpu_ns"` // user and system time
	MaxRSS       int64         `json:"max_rss_bytes"`
	GOMAXPROCS   int           `json:"gomaxprocs"`
	GCPauses     int64         `json:"gc_pauses"`
	GCPauseTotal time.Duration `json:"gc_pause_total_ns"` // upper bound, by the buckets of runtime/metrics
	GCPauseMax   time.Duration `json:"gc_pause_max_ns"`
	// Free is how many cores nobody used before and after the load; nil if the
	// system does not say.
	Free *FreeAround `json:"free_cores,omitempty"`

	FreeUnsure bool `json:"-"` // of several processes together: the system of some does not say
}

// FreeAround is how many cores were free before a load and after it.
type FreeAround struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Most is the larger of the two: load seen on one side only may have ended, or be
// the run's own aftermath.
func (f *FreeAround) Most() float64 { return max(f.Before, f.After) }

// MeasureUsage measures this process since it started. Free is not part of it.
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
		// A pause is somewhere in its bucket. It counts as the upper end, or as
		// the lower if there is no upper.
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

// merge adds the usage of another process.
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
