package loadgen

import (
	"cmp"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A part is memory that one shard writes to at each event.
type part struct {
	shard    int
	what     string
	from, to uintptr
}

// partOf returns the part that is at p, which has to end in a gap.
func partOf[T any](t *testing.T, shard int, p *T) part {
	t.Helper()
	kind := reflect.TypeFor[T]()
	if last := kind.Field(kind.NumField() - 1); last.Type != reflect.TypeFor[apart]() {
		t.Errorf("%s ends in %s and not in a gap", kind, last.Type)
	}
	from := uintptr(unsafe.Pointer(p))
	return part{shard, kind.Name(), from, from + unsafe.Sizeof(*p) - unsafe.Sizeof(apart{})}
}

// What two shards write to at each event is so far apart that no line of a cache has parts
// of both.
func TestShardsShareNoCacheLine(t *testing.T) {
	p := plan(Load{Sessions: 8, Messages: 8})
	p.Flows = append(p.Flows, p.Flows[0])
	p.Flows[1].Name, p.Flows[1].Load = "open", Load{Stages: stage(time.Second, 10), Unit: Sessions, MaxSessions: 8}
	e, err := New(p, func(int) sample.Recorder { return newTape() }, Options{Shards: 5})
	if err != nil {
		t.Fatal(err)
	}
	e.makeLoops()
	var parts []part
	for i, s := range e.shards {
		d, err := (&fakeServer{}).driver(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		s.begin(d)
		parts = append(parts, partOf(t, i, s))
		for k := range p.Flows {
			f := newFlowRun(s, k, 0, target{})
			parts = append(parts, partOf(t, i, f), partOf(t, i, f.totals))
			switch l := f.load.(type) {
			case *closedLoad:
				parts = append(parts, partOf(t, i, l))
			case *openLoad:
				parts = append(parts, partOf(t, i, l))
			}
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(parts); i++ {
		a, b := parts[i-1], parts[i]
		if gap := b.from - a.to; a.shard != b.shard && gap < unsafe.Sizeof(apart{}) {
			t.Errorf("%s of shard %d ends %d bytes before %s of shard %d", a.what, a.shard, gap, b.what, b.shard)
		}
	}
	runtime.KeepAlive(e)
}

// BenchmarkNeighbours counts as shards do, each on a core of its own and in what is its
// own: with the gap that there is, and without it.
func BenchmarkNeighbours(b *testing.B) {
	n := max(2, runtime.GOMAXPROCS(0))
	b.Run("apart", func(b *testing.B) {
		all := make([]flowTotals, n)
		countAtOnce(b, n, func(i int) *int64 { return &all[i].messages })
	})
	b.Run("together", func(b *testing.B) {
		all := make([]int64, n)
		countAtOnce(b, n, func(i int) *int64 { return &all[i] })
	})
}

func countAtOnce(b *testing.B, n int, counter func(i int) *int64) {
	var running sync.WaitGroup
	for i := range n {
		c := counter(i)
		running.Go(func() {
			for range b.N {
				count(c)
			}
		})
	}
	running.Wait()
}

// count is not inlined, so that each count is written to memory.
//
//go:noinline
func count(c *int64) { *c++ }
