package chaos

import (
	"flag"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var (
	chaosTime = flag.Duration("chaos.time", 0, "how long trials go on; 0 for a few that are always the same")
	chaosSeed = flag.Uint64("chaos.seed", 0, "the one trial to run, or with -chaos.time the first one")
)

// few is how many trials an ordinary test runs.
const few = 36

// atOnce is how many trials run at a time. Mostly they wait.
const atOnce = 6

func TestChaos(t *testing.T) {
	before := baseline(t)
	first, more := uint64(1), func(n uint64) bool { return n < few }
	switch {
	case *chaosTime > 0:
		first = *chaosSeed
		if first == 0 {
			first = uint64(time.Now().Unix())
		}
		until := time.Now().Add(*chaosTime)
		more = func(uint64) bool { return time.Now().Before(until) }
	case *chaosSeed > 0:
		first, more = *chaosSeed, func(n uint64) bool { return n == 0 }
	}
	var next, failed atomic.Uint64
	var group sync.WaitGroup
	for range atOnce {
		group.Go(func() {
			for n := next.Add(1) - 1; more(n) && failed.Load() < 20; n = next.Add(1) - 1 {
				if !try(t, first+n) {
					failed.Add(1)
				}
			}
		})
	}
	group.Wait()
	t.Logf("%d trials from seed %d", next.Load()-atOnce, first)
	settled(t, before)
}

// try runs the trial of a seed, and tells whether it kept its promises.
func try(t *testing.T, seed uint64) bool {
	trial := drawTrial(seed)
	e, err := trial.run()
	if err != nil {
		t.Errorf("seed %d: %v\n%s", seed, err, &trial)
		return false
	}
	faults := trial.faults(e)
	for _, fault := range faults {
		t.Errorf("seed %d: %s", seed, fault)
	}
	if len(faults) > 0 {
		t.Logf("seed %d is this trial:\n%sgo test -race ./internal/chaos -run '^TestChaos$' -args -chaos.seed %d runs it again", seed, &trial, seed)
	}
	return len(faults) == 0
}

// settled waits until the trials have given back what they used: goroutines, descriptors
// and memory.
func settled(t *testing.T, before []string) {
	t.Helper()
	const goroutines, heap = 4, 64 << 20 // of the test itself, and of what later trials use again
	var memory runtime.MemStats
	for range 600 {
		runtime.GC()
		runtime.ReadMemStats(&memory)
		if runtime.NumGoroutine() <= goroutines && len(descriptors(t)) <= len(before) && memory.HeapAlloc < heap {
			return
		}
		time.Sleep(50 * time.Millisecond) // there is no event for the last one's end
	}
	stacks := make([]byte, 1<<16)
	stacks = stacks[:runtime.Stack(stacks, true)]
	t.Errorf("%d goroutines, the descriptors %q (%d before) and %d bytes of heap are left\n%s",
		runtime.NumGoroutine(), descriptors(t), len(before), memory.HeapAlloc, stacks)
}

// baseline returns what is open before any trial, with what the runtime opens for the first
// socket and keeps open.
func baseline(t *testing.T) []string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return descriptors(t)
}

// descriptors lists the open descriptors and what each is for, if the system shows that.
func descriptors(t *testing.T) []string {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, d := range open {
		link, _ := os.Readlink("/proc/self/fd/" + d.Name()) // the one that read the folder is closed
		list = append(list, d.Name()+": "+link)
	}
	return list
}
