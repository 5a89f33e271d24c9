package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

var epoch = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func at(d time.Duration) sample.Instant { return sample.Instant(epoch.Add(d).UnixNano()) }

// twoFlows is a plan with a closed flow and an open one.
func twoFlows(rounds int) *loadgen.Plan {
	return &loadgen.Plan{
		Name: "two", Seed: 7, Rounds: rounds,
		Flows: []loadgen.Flow{
			{Name: "closed", Target: loadgen.Target{Port: 25}, Load: loadgen.Load{Sessions: 2}},
			{Name: "open", Target: loadgen.Target{Port: 587}, Load: loadgen.Load{
				Stages: []pace.Stage{{For: time.Second, From: 5, To: 5}}, Unit: loadgen.Messages,
			}},
		},
		Scenario: []byte(`{"name":"two"}`),
	}
}

// testHeader is the header of a run whose flows are held against the first.
func testHeader(p *loadgen.Plan) Header {
	h := NewHeader(p, criteria.Criteria{Baseline: p.Flows[0].Name})
	h.ID, h.Started = newID(), epoch
	return h
}

var (
	closed = sample.Series{Flow: 0, Stage: sample.Steady}
	open   = sample.Series{Flow: 1, Stage: sample.Steady}
)

// feed records three seconds on a shard: a message of i ms each, and so on.
func feed(r sample.Recorder, shard int) {
	warm := closed
	warm.Stage = sample.Warmup
	for second := range 3 {
		for i := range 10 {
			d := time.Duration(second*10+i+1) * time.Millisecond
			s := closed
			if second == 0 {
				s = warm
			}
			r.Service(s, sample.SpanMessage, d)
			r.Message(s, sample.Accepted, s.Stage, 1, 0)
			r.Delay(s, 10*time.Microsecond)
			r.Response(open, sample.SpanMessage, 2*d)
			r.Lag(open, sample.SpanMessage, d)
			r.Late(open, time.Microsecond)
		}
		r.Message(open, sample.Outcome(second+1), sample.Steady, 0, 2)
		r.Failure(open, &sample.Failure{Phase: sample.Rcpt, Class: sample.RecipientUnknown, Code: 550,
			Enhanced: sample.EnhancedCode{5, 1, 1}, Text: "no such user"})
		r.Session(closed, sample.SessionStarted)
		r.Session(closed, sample.SessionCompleted)
		r.Greeting(closed, netip.MustParseAddr("127.0.0.1"), &sample.Greeting{Banner: "mx.example.test ESMTP", Clear: []string{"PIPELINING", "SIZE 1000"}})
		if second == 0 {
			r.Window(warm, at(0), at(time.Second))
		}
		if second == 2 {
			r.Window(closed, at(time.Second), at(3*time.Second))
			r.Window(open, at(0), at(3*time.Second))
		}
		to := time.Duration(second+1) * time.Second
		r.Tick(sample.Tick{Shard: shard, From: at(to - time.Second), To: at(to), Busy: 250 * time.Millisecond, Waited: 50 * time.Millisecond,
			Open: []int{2, second}, Peak: []int{3, 5}, Due: []int64{0, int64(10 * (second + 1))}, Begun: []int64{0, int64(10 * (second + 1))}})
	}
	r.Tick(sample.Tick{Shard: shard, From: at(3 * time.Second), To: at(3100 * time.Millisecond), Open: []int{0, 0},
		Peak: []int{0, 0}, Due: []int64{0, 30}, Begun: []int64{0, 30}, Last: true})
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

func testReport() *sample.Report {
	return &sample.Report{Started: at(0), Ended: at(3100 * time.Millisecond), Shards: 1}
}

// collect runs shards through a collector into a file.
func collect(t *testing.T, shards int, onInterval func(*Interval)) (*Run, []byte) {
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
	run, err := c.Close(testReport(), Generator{CPU: time.Second, MaxRSS: 1 << 20, GOMAXPROCS: 2})
	if err != nil {
		t.Fatal(err)
	}
	return run, file.Bytes()
}

func TestFiguresOfWhatWasRecorded(t *testing.T) {
	run, _ := collect(t, 1, nil)
	res := run.Result()
	f := res.Flows["closed"]
	if f.Messages != (MessageFigures{Attempted: 20, Accepted: 20}) || f.Warmup.Messages.Accepted != 10 {
		t.Errorf("messages %+v, warm-up %+v", f.Messages, f.Warmup)
	}
	if f.Rate != 10 || f.Window != int64(2*time.Second) {
		t.Errorf("rate %v over %v, want 20 messages in 2 s", f.Rate, time.Duration(f.Window))
	}
	m := f.Phases["message"]
	if m.Count != 20 || m.Service.Max < 29.9e6 || m.Service.Max > 30.1e6 || m.Service.P50 < 19.9e6 || m.Service.P50 > 20.1e6 {
		t.Errorf("message times %+v", m.Service)
	}
	if m.Response != nil || f.Phases["mail"] != nil {
		t.Error("figures from no samples")
	}
	if f.Sessions != (SessionFigures{3, 3, 0, 3}) {
		t.Errorf("sessions %+v", f.Sessions)
	}
	o := res.Flows["open"]
	if o.Messages != (MessageFigures{Attempted: 3, Rejected: 1, Failed: 1, Unknown: 1}) || o.Recipients.Rejected != 6 {
		t.Errorf("messages %+v, recipients %+v", o.Messages, o.Recipients)
	}
	if *o.Arrivals != (ArrivalFigures{30, 30}) || o.Phases["message"].Response.Count != 30 || o.Phases["message"].Service != nil {
		t.Errorf("open flow %+v", o)
	}
	want := []ErrorFigures{{"rcpt", "recipient-unknown", 550, "5.1.1", 3, "no such user"}}
	if fmt.Sprint(o.Errors) != fmt.Sprint(want) {
		t.Errorf("errors %v, want %v", o.Errors, want)
	}
	if d := res.Generator.DeniedShare; d < 0.166 || d > 0.167 {
		t.Errorf("denied %v, want 50 ms of each 300 ms in which a CPU was wanted", d)
	}
	if res.Generator.BusiestShare != 0.25 || res.Elapsed != int64(3100*time.Millisecond) || res.Partial {
		t.Errorf("generator %+v, elapsed %v", res.Generator, res.Elapsed)
	}
}

func TestShardsAddUp(t *testing.T) {
	one, _ := collect(t, 1, nil)
	three, file := collect(t, 3, nil)
	a, b := one.Result().Flows["closed"], three.Result().Flows["closed"]
	if b.Messages.Accepted != 3*a.Messages.Accepted || b.Phases["message"].Count != 3*a.Phases["message"].Count {
		t.Errorf("one shard %+v, three %+v", a.Messages, b.Messages)
	}
	if a.Phases["message"].Service.P90 != b.Phases["message"].Service.P90 {
		t.Error("three times the same samples have another quantile")
	}
	if b.Rate != 3*a.Rate {
		t.Errorf("rate %v, want three times %v: the shards' windows are one", b.Rate, a.Rate)
	}
	if n := strings.Count(string(file), `"type":"interval"`); n != 8 {
		t.Errorf("%d interval lines, want 3 of a flow, 3 of the other, 1 of its warm-up and 1 of the end, however many shards", n)
	}
}

// Shards need not end in the same second. What the first to end has begun is
// begun, also in the intervals after.
func TestArrivalsOutlastTheirShard(t *testing.T) {
	var file bytes.Buffer
	var begun []int64
	p := twoFlows(1)
	c, err := NewCollector(&file, testHeader(p), p, 2, func(i *Interval) { begun = append(begun, i.Flows[1].Started) })
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
	run, err := c.Close(testReport(), Generator{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Run{"the run": run, "its file": stored} {
		if a := r.Result().Flows["open"].Arrivals; *a != (ArrivalFigures{13, 13}) {
			t.Errorf("%s has %+v, want 13 arrivals", name, *a)
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
	run, err := c.Close(testReport(), Generator{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	want, got := run.Result().Generator, stored.Result().Generator
	if want.BusiestShare != 0.1 || want.DeniedShare != 0.75 {
		t.Errorf("busiest %v, denied %v: want 0.1 and 0.75", want.BusiestShare, want.DeniedShare)
	}
	if got.BusiestShare != want.BusiestShare || got.DeniedShare != want.DeniedShare {
		t.Errorf("the file says busiest %v, denied %v: want %v and %v", got.BusiestShare, got.DeniedShare, want.BusiestShare, want.DeniedShare)
	}
}

func TestDisplayIsTold(t *testing.T) {
	var told []Interval
	collect(t, 2, func(i *Interval) { told = append(told, *i) })
	if len(told) != 4 {
		t.Fatalf("%d intervals, want 4", len(told))
	}
	second := told[1].Flows[1]
	if second.Due != 20 || second.Started != 20 || second.Open != 2 || !second.Begun || told[1].Length != time.Second {
		t.Errorf("second interval %+v", second)
	}
	last := told[3].Flows
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
	run, err := c.Close(testReport(), Generator{})
	if !errors.Is(err, errFull) {
		t.Errorf("error %v, want the disk's", err)
	}
	if run == nil || run.Result().Flows["closed"].Messages.Accepted != 20 {
		t.Error("the run is lost with the file")
	}
	if notes := strings.Join(run.Result().Verdict.Notes, "\n"); !strings.Contains(notes, "the run file is not whole: no space left") {
		t.Errorf("notes %q, want one that says so", notes)
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
	if _, err := c.Close(testReport(), Generator{}); err != nil {
		t.Fatal(err)
	}
}

// A hostile server has more codes than memory should be given to.
func TestFailureKindsAreBounded(t *testing.T) {
	f := failures{}
	for code := range 600 {
		f.add(failureKey{phase: sample.Rcpt, class: sample.PermFail, code: code}, 1, "x")
	}
	var sum int64
	for _, c := range f {
		sum += c.count
	}
	if len(f) > maxFailureKinds+1 || sum != 600 {
		t.Errorf("%d kinds, %d in all", len(f), sum)
	}
}

// Nothing grows with the length of a run: not the recorder, the collector nor
// the run that it makes.
func TestLongRunTakesNoMoreMemory(t *testing.T) {
	p := twoFlows(1)
	c, err := NewCollector(io.Discard, testHeader(p), p, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range maxBusy {
		c.run.processors.add(processor{length: time.Second}) // as hours leave it
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
	runFor(2 * maxFailureKinds)
	before := leastHeap(0)
	runFor(1500)
	if after := leastHeap(before + 20<<10); after > before+20<<10 {
		t.Errorf("1500 seconds more take %d KB", (after-before)>>10)
	}
	r.Tick(sample.Tick{Last: true})
	if _, err := c.Close(testReport(), Generator{}); err != nil {
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
