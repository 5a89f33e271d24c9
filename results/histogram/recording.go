package histogram

import (
	"iter"
	"math/bits"
	"slices"
)

// fewSamples is how many samples a recording lists before it counts them: their list
// takes a kilobyte, and saves about as much in pages.
const fewSamples = 512

// A Recording takes durations on the timed path. Most phases of most flows have few
// in a second: those are listed, at two bytes each. More are counted, in pages of the
// range; there is a page only if samples fell into it. A flat array of counts is no
// faster and takes 190 KB, for every phase of every flow.
type Recording struct {
	few  []uint16 // the cells, as they came
	many *pageTable
}

// Counted adds a sample in a cell if there is a page for it, and tells whether there
// was. It is what recording does most often, and small enough to be inlined.
func (r *Recording) Counted(cell int) bool {
	if r.many == nil {
		return false
	}
	p := r.many.pages[uint(cell)/pageCells]
	if p == nil {
		return false
	}
	p[uint(cell)%pageCells]++
	return true
}

// Record adds a sample in a cell, with memory from the pool if it takes any.
func (r *Recording) Record(cell int, p *PagePool) {
	if r.many == nil {
		if len(r.few) < fewSamples {
			r.few = append(r.few, uint16(cell))
			return
		}
		r.many = p.table()
		for _, listed := range r.few {
			r.many.count(int(listed), p)
		}
		r.few = r.few[:0]
	}
	r.many.count(cell, p)
}

// Empty tells whether there are no samples.
func (r *Recording) Empty() bool { return r.many == nil && len(r.few) == 0 }

// all goes through the cells in ascending order, with how many samples each has. It
// sorts the list, so it is not for the timed path.
func (r *Recording) all() iter.Seq2[int, int64] {
	if r.many != nil {
		return r.many.all()
	}
	slices.Sort(r.few)
	return func(yield func(int, int64) bool) {
		for i := 0; i < len(r.few); {
			n := 1
			for i+n < len(r.few) && r.few[i+n] == r.few[i] {
				n++
			}
			if !yield(int(r.few[i]), int64(n)) {
				return
			}
			i += n
		}
	}
}

// Reset empties the recording, and gives its pages back.
func (r *Recording) Reset(p *PagePool) {
	r.few = r.few[:0]
	if r.many != nil {
		p.takeBack(r.many)
		r.many = nil
	}
}

const (
	pageCells = 64
	numPages  = numCells / pageCells
)

type page [pageCells]int64

// A pageTable counts samples by cell.
type pageTable struct {
	pages [numPages]*page
	used  [numPages / 64]uint64 // which pages there are, a bit each
}

func (t *pageTable) count(cell int, p *PagePool) {
	at := t.pages[cell/pageCells]
	if at == nil {
		at = p.page()
		t.pages[cell/pageCells] = at
		t.used[cell/pageCells/64] |= 1 << (cell / pageCells % 64)
	}
	at[cell%pageCells]++
}

func (t *pageTable) all() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for number := range t.numbers() {
			for i, n := range t.pages[number] {
				if n > 0 && !yield(number*pageCells+i, n) {
					return
				}
			}
		}
	}
}

// numbers are the numbers of the pages in use.
func (t *pageTable) numbers() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, set := range t.used {
			for ; set != 0; set &= set - 1 {
				if !yield(i*64 + bits.TrailingZeros64(set)) {
					return
				}
			}
		}
	}
}

// A PagePool keeps pages and tables that are not in use, all of them empty. It grows
// as far as the interval with the most samples needs. The zero PagePool is ready.
type PagePool struct {
	pages  []*page
	tables []*pageTable
}

// pagesAtOnce are made together, since the timed path waits for them.
const pagesAtOnce = 16

func (p *PagePool) page() *page {
	if len(p.pages) == 0 {
		made := new([pagesAtOnce]page)
		for i := range made {
			p.pages = append(p.pages, &made[i])
		}
	}
	last := len(p.pages) - 1
	taken := p.pages[last]
	p.pages = p.pages[:last]
	return taken
}

func (p *PagePool) table() *pageTable {
	last := len(p.tables) - 1
	if last < 0 {
		return new(pageTable)
	}
	taken := p.tables[last]
	p.tables = p.tables[:last]
	return taken
}

func (p *PagePool) takeBack(t *pageTable) {
	for number := range t.numbers() {
		*t.pages[number] = page{}
		p.pages = append(p.pages, t.pages[number])
		t.pages[number] = nil
	}
	t.used = [numPages / 64]uint64{}
	p.tables = append(p.tables, t)
}
