package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// What tests are about most.
var (
	at       = samples.At
	feed     = samples.Feed
	twoFlows = samples.TwoFlows
	closed   = samples.Closed
	open     = samples.Open
)

// testHeader is the header of a run whose flows are held against the first.
func testHeader(p *loadgen.Plan) Header {
	h := NewHeader(p, criteria.Criteria{Baseline: p.Flows[0].Name})
	h.ID, h.Started = newID(), samples.Epoch
	return h
}

// patient is a recorder that gives the collector its time after each interval,
// as a second does.
type patient struct{ *recorder }

func (p patient) Tick(t sample.Tick) {
	p.recorder.Tick(t)
	for waiting := true; waiting; runtime.Gosched() {
		p.collector.mu.Lock()
		waiting = len(p.collector.full) > 0
		p.collector.mu.Unlock()
	}
}

// collect runs shards through a collector into a file.
func collect(t *testing.T, shards int, onInterval func(*Progress)) (*Run, []byte) {
	t.Helper()
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, shards, onInterval)
	if err != nil {
		t.Fatal(err)
	}
	for s := range shards {
		feed(patient{c.recorders[s]}, s)
	}
	run, err := c.Close(samples.Report(), generator.Usage{CPU: time.Second, MaxRSS: 1 << 20, GOMAXPROCS: 2})
	if err != nil {
		t.Fatal(err)
	}
	return run, file.Bytes()
}

// Shards need not end in the same second. What the first to end has begun is
// begun, also in the intervals after.
func TestArrivalsOutlastTheirShard(t *testing.T) {
	var file bytes.Buffer
	var begun []int64
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 2, func(i *Progress) { begun = append(begun, i.Flows[1].Started) })
	if err != nil {
		t.Fatal(err)
	}
	tick := func(shard int, from, to time.Duration, arrivals int64, last bool) {
		r := patient{c.recorders[shard]}
		r.Message(open, sample.Accepted, sample.Steady, 1, 0)
		r.Tick(sample.Tick{Shard: shard, From: at(from), To: at(to), Open: []int{0, 0}, Peak: []int{0, 1}, Due: []int64{0, arrivals}, Begun: []int64{0, arrivals}, Last: last})
	}
	tick(0, 0, 900*time.Millisecond, 6, true)
	tick(1, 0, time.Second, 5, false)
	tick(1, time.Second, 1100*time.Millisecond, 7, true)
	run, err := c.Close(samples.Report(), generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Run{"the run": run, "its file": stored} {
		if g := r.LastGauge(1); g.Due != 13 || g.Begun != 13 {
			t.Errorf("%s has %+v, want 13 arrivals", name, g)
		}
	}
	if !slices.Equal(begun, []int64{11, 2}) {
		t.Errorf("%d begun by interval, want 11 and 2", begun)
	}
}

// What the CPU was at while nothing was recorded is the file's, too.
func TestQuietIntervalsAreKept(t *testing.T) {
	var file bytes.Buffer
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := patient{c.recorders[0]}
	for second := range 3 {
		from := time.Duration(second) * time.Second
		r.Tick(sample.Tick{From: at(from), To: at(from + time.Second), Busy: time.Duration(second) * 100 * time.Millisecond,
			Waited: 300 * time.Millisecond, Open: []int{0, 0}, Peak: []int{0, 0}, Due: []int64{0, 0}, Begun: []int64{0, 0}, Last: second == 2})
	}
	run, err := c.Close(samples.Report(), generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Run{"the run": run, "its file": stored} {
		if p := &r.Processors; p.Busiest() != 0.1 || p.Denied() != 0.75 {
			t.Errorf("%s says busiest %v, denied %v: want 0.1 and 0.75", name, p.Busiest(), p.Denied())
		}
	}
}

func TestDisplayIsTold(t *testing.T) {
	var got []Progress
	collect(t, 2, func(i *Progress) { got = append(got, *i) })
	if len(got) != 4 {
		t.Fatalf("%d intervals, want 4", len(got))
	}
	second := got[1].Flows[1]
	if second.Due != 20 || second.Started != 20 || second.Open != 2 || !second.Begun || got[1].Length != time.Second {
		t.Errorf("second interval %+v", second)
	}
	last := got[3].Flows
	if last[1].Errors[sample.RecipientUnknown] != 6 || last[0].Message.Count() != 60 {
		t.Errorf("errors %v, %d messages", last[1].Errors, last[0].Message.Count())
	}
}

// A disk that is full must not end the measurement.
func TestFullDisk(t *testing.T) {
	full := &fullDisk{room: 3000}
	p := twoFlows(1)
	c, err := NewCollector(full, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	feed(patient{c.recorders[0]}, 0)
	run, err := c.Close(samples.Report(), generator.Usage{})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v, want the disk's", err)
	}
	if run == nil || accepted(run, 0) != 20 {
		t.Error("the run is lost with the file")
	}
	if !errors.Is(run.Unwritten(), errFull) {
		t.Errorf("unwritten for %v, want the disk's error", run.Unwritten())
	}
	if full.after > 0 {
		t.Errorf("%d writes after the error", full.after)
	}
	if _, err := NewCollector(&fullDisk{}, testHeader(p), p, 1, nil); !errors.Is(err, errFull) {
		t.Errorf("a header that cannot be written: %v", err)
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{ room, after int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room < 0 {
		d.after++
	}
	if d.room -= len(p); d.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// What the timed path calls must not allocate once an interval is under way.
func TestRecordingDoesNotAllocate(t *testing.T) {
	p := twoFlows(1)
	c, err := NewCollector(&bytes.Buffer{}, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Recorder(0)
	f := &sample.Failure{Phase: sample.Rcpt, Class: sample.TempFail, Code: 451, Text: "later"}
	record := func() {
		r.Service(closed, sample.Mail, time.Millisecond)
		r.Response(open, sample.SpanMessage, time.Millisecond)
		r.Late(open, time.Millisecond)
		r.Delay(closed, time.Millisecond)
		r.Message(closed, sample.Accepted, sample.Steady, 1, 0)
		r.Session(closed, sample.SessionStarted)
		r.Failure(open, f)
	}
	record()
	if n := testing.AllocsPerRun(1000, record); n != 0 {
		t.Errorf("%v allocations a round of calls", n)
	}
	r.Tick(sample.Tick{Last: true})
	if _, err := c.Close(samples.Report(), generator.Usage{}); err != nil {
		t.Fatal(err)
	}
}

// A hostile server has more codes than memory should be given to.
// Nothing grows with the length of a run: not the recorder, the collector nor
// the run that it makes.
func TestLongRunTakesNoMoreMemory(t *testing.T) {
	p := twoFlows(2) // a trend, which a run of one round has, fills its blocks first: package trend tests that
	c, err := NewCollector(io.Discard, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range tally.MaxBusy {
		c.run.Processors.Add(tally.Processor{Length: time.Second}) // as hours leave it
	}
	r := patient{c.recorders[0]}
	second := 0
	runFor := func(seconds int) {
		for range seconds {
			for i := range 5 {
				r.Service(closed, sample.SpanMessage, time.Duration(20+(second+i)%200)*50*time.Microsecond)
				r.Message(closed, sample.Accepted, sample.Steady, 1, 0)
			}
			r.Failure(closed, &sample.Failure{Phase: sample.Rcpt, Class: sample.TempFail, Code: second % 1000, Text: "later"})
			r.Greeting(closed, netip.Addr{}, &sample.Greeting{Banner: fmt.Sprint("number ", second)})
			second++
			to := time.Duration(second) * time.Second
			r.Tick(sample.Tick{From: at(to - time.Second), To: at(to), Open: []int{1, 0}, Peak: []int{1, 0}, Due: []int64{0, 0}, Begun: []int64{0, 0}})
		}
	}
	runFor(2 * tally.MaxFailureKinds)
	before := leastHeap(0)
	runFor(1500)
	if after := leastHeap(before + 20<<10); after > before+20<<10 {
		t.Errorf("1500 seconds more take %d KB", (after-before)>>10)
	}
	r.Tick(sample.Tick{Last: true})
	if _, err := c.Close(samples.Report(), generator.Usage{}); err != nil {
		t.Fatal(err)
	}
}

// leastHeap is the least that the heap came to, looked at until it was no more
// than enough: what others do at the same time comes and goes.
func leastHeap(enough uint64) uint64 {
	least := uint64(math.MaxUint64)
	for range 20 {
		runtime.GC() // again and again: what one frees pools of, the next one frees
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if least = min(least, m.HeapAlloc); least <= enough {
			break
		}
		runtime.Gosched()
	}
	return least
}
