package histogram

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Every duration is in the cell that it comes back from, and cells are in the
// order of what they hold.
func TestCells(t *testing.T) {
	for cell := range numCells {
		low := lowestIn(cell)
		if got := CellOf(low); got != cell {
			t.Fatalf("cell %d begins with %d, which is in %d", cell, low, got)
		}
		if high := highestEquivalent(low); CellOf(high) != cell || CellOf(high+1) != cell+1 {
			t.Fatalf("cell %d ends with %d, which is in %d, and the next in %d", cell, high, CellOf(high), CellOf(high+1))
		}
	}
	if last := CellOf(HighestValue); last >= numCells || CellOf(0) != 0 {
		t.Errorf("an hour is in cell %d of %d", last, numCells)
	}
}

// What is recorded comes back, whether it was listed or counted, and the pages
// it took are there for the next.
func TestRecordingKeepsEverySample(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pool := &PagePool{}
	var r Recording
	for _, n := range []int{0, 1, fewSamples, fewSamples + 1, 20 * fewSamples, 3} {
		want := make([]int64, numCells)
		for range n {
			cell := CellOf(int64(time.Duration(random.ExpFloat64() * float64(30*time.Millisecond))))
			want[cell]++
			r.Record(cell, pool)
		}
		if r.Empty() != (n == 0) {
			t.Errorf("%d samples: empty is %v", n, r.Empty())
		}
		got := make([]int64, numCells)
		last := -1
		for cell, count := range r.all() {
			if cell <= last {
				t.Fatalf("%d samples: cell %d comes after %d", n, cell, last)
			}
			last, got[cell] = cell, count
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d samples: other counts come back", n)
		}
		r.Reset(pool)
	}
}

// Memory goes by what the fullest interval needs, not by all the places where
// samples ever fell.
func TestPagesAreUsedAgain(t *testing.T) {
	pool := &PagePool{}
	var r Recording
	for first := 0; first+pageCells <= numCells; first += pageCells {
		for i := range 2 * fewSamples {
			r.Record(first+i%pageCells, pool)
		}
		r.Reset(pool)
	}
	if len(pool.pages) != pagesAtOnce || len(pool.tables) != 1 {
		t.Errorf("%d pages and %d tables, want the %d and one that the first interval made", len(pool.pages), len(pool.tables), pagesAtOnce)
	}
	if i := slices.IndexFunc(pool.pages, func(p *page) bool { return *p != page{} }); i >= 0 {
		t.Errorf("page %d is given out with counts in it", i)
	}
}
