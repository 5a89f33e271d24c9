package tally

import (
	"math"
	"testing"
	"time"
)

// However long a run is, as many busy shares are kept, and they stand for all
// of it; and so they do of runs put together.
func TestProcessorsAreBounded(t *testing.T) {
	made := func(n int, busy func(i int) float64) *Processors {
		list := &Processors{}
		for i := range n {
			list.Add(Processor{time.Second, busy(i), 0.1, 0})
			if len(list.busy) > MaxBusy {
				t.Fatalf("%d of %d are kept", len(list.busy), i+1)
			}
		}
		return list
	}
	rising := func(n int) func(int) float64 { return func(i int) float64 { return float64(i) / float64(n) } }
	for _, n := range []int{1, MaxBusy, 10*MaxBusy + 7} {
		if got := made(n, rising(n)).Busiest(); math.Abs(got-0.5) > 0.501/float64(min(n, MaxBusy)) {
			t.Errorf("of %d intervals the median is %v", n, got)
		}
	}
	low, high := func(int) float64 { return 0.1 }, func(int) float64 { return 0.9 }
	for _, c := range []struct {
		lows, highs int
		want        float64
	}{{3 * MaxBusy, MaxBusy, 0.1}, {MaxBusy, 3 * MaxBusy, 0.9}, {5, 2 * MaxBusy, 0.9}, {MaxBusy, 5, 0.1}} {
		both := made(c.lows, low)
		both.Merge(made(c.highs, high))
		if got := both.Busiest(); got != c.want || len(both.busy) > MaxBusy {
			t.Errorf("%d at 0.1 and %d at 0.9: a median of %v out of %d", c.lows, c.highs, got, len(both.busy))
		}
		want := 0.1 * float64(c.lows+c.highs) / (0.2*float64(c.lows) + float64(c.highs))
		if got := both.Denied(); math.Abs(got-want) > 1e-9 {
			t.Errorf("denied %v, want %v", got, want)
		}
	}
}

func TestNoShareIsOverAll(t *testing.T) {
	var list Processors
	list.Add(Processor{Length: time.Second, Busy: 1.02})
	if got := list.Busiest(); got != 1 {
		t.Errorf("the busiest shard had %v of the time, want 1", got)
	}
}
