package trend

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func second(n int64) *tally.Total {
	t := tally.NewTotal()
	t.InWindow = n % 7
	t.Hist(Slots[0]).Record(time.Duration(n) * time.Microsecond)
	return t
}

func instant(n int64) sample.Instant { return sample.Instant(n) * sample.Instant(time.Second) }

// made is a trend of so many seconds, which come as the intervals of a run file do, or one
// by one.
func made(seconds int64, folded bool) *Trend {
	t := &Trend{}
	sum, first := tally.NewTotal(), int64(1)
	for n := int64(1); n <= seconds; n++ {
		sum.Add(second(n))
		if !folded || grain.Ends(n) || n == seconds {
			t.Add(n, instant(first-1), instant(n), sum)
			sum, first = tally.NewTotal(), n+1
		}
	}
	return t
}

// Blocks stay few, nothing is lost, and intervals of several seconds make the same blocks as
// single ones do.
func TestTrend(t *testing.T) {
	for _, seconds := range []int64{1, 9, 1024, 1025, 3600, 100_000} {
		a, b := made(seconds, false), made(seconds, true)
		if len(a.Blocks()) > Most || len(a.Blocks()) != len(b.Blocks()) || a.Width() != b.Width() {
			t.Fatalf("%d s: %d blocks of %d s, and folded %d of %d s", seconds, len(a.Blocks()), a.Width(), len(b.Blocks()), b.Width())
		}
		end, samples := instant(0), int64(0)
		for i, x := range a.Blocks() {
			y := b.Blocks()[i]
			if x.From != end || x.From != y.From || x.To != y.To || x.Counts != y.Counts || x.Times(Slots[0]).Encode() != y.Times(Slots[0]).Encode() {
				t.Fatalf("%d s: block %d is %+v, and folded %+v", seconds, i, x, y)
			}
			end, samples = x.To, samples+x.Times(Slots[0]).Count()
		}
		if end != instant(seconds) || samples != seconds {
			t.Errorf("%d s: %d samples up to %v", seconds, samples, end)
		}
	}
}

// Two generators of one load, of which one began later.
func TestMerge(t *testing.T) {
	a, b := made(3000, true), made(500, true)
	before := len(b.Blocks())
	a.Merge(b, 100)
	samples := int64(0)
	for _, x := range a.Blocks() {
		samples += x.Times(Slots[0]).Count()
	}
	if samples != 3500 || len(b.Blocks()) != before {
		t.Errorf("%d samples, and the other trend has %d blocks, want 3500 and %d", samples, len(b.Blocks()), before)
	}
	if n := a.Blocks()[3].Times(Slots[0]).Count(); n != 2*a.Width() {
		t.Errorf("%d samples in a block that both have", n)
	}
}
