package record

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/record/grain"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A soak is an hour of an open flow with a warm-up and two stages, in which each second is
// another.
const (
	soakWarmup = 5
	soakSecond = 1000 // when the second stage begins, after the warm-up
	soakEnd    = 3600
)

func soakPlan() *loadgen.Plan {
	p := samples.TwoFlows(1)
	p.Warmup, p.Flows = soakWarmup*time.Second, p.Flows[1:]
	p.Flows[0].Load.Stages = []pace.Stage{{For: soakSecond * time.Second, From: 5, To: 5}, {For: time.Hour, From: 6, To: 6}}
	return p
}

// soak returns the run, its file, and how long the file was after each second. All tests get
// the same.
func soak(t *testing.T) (*Run, []byte, []int) {
	t.Helper()
	soakOnce.Do(func() { soaked.run, soaked.file, soaked.sizes = newSoak(t) })
	return soaked.run, soaked.file, soaked.sizes
}

var (
	soakOnce sync.Once
	soaked   struct {
		run   *Run
		file  []byte
		sizes []int
	}
)

func newSoak(t *testing.T) (run *Run, text []byte, sizes []int) {
	t.Helper()
	var file bytes.Buffer
	c, err := NewCollector(&file, testHeader(soakPlan()), soakPlan(), 1, func(*Progress) { sizes = append(sizes, file.Len()) })
	if err != nil {
		t.Fatal(err)
	}
	r := patient{c.recorders[0]}
	due := int64(0)
	for n := 1; n <= soakEnd; n++ {
		s := sample.Series{Stage: sample.Steady}
		switch {
		case n <= soakWarmup:
			s.Stage = sample.Warmup
		case n == soakWarmup+1:
			r.Window(sample.Series{Stage: sample.Warmup}, at(0), at(soakWarmup*time.Second))
		case n > soakWarmup+soakSecond:
			s.LoadStage = 1
			if n == soakWarmup+soakSecond+1 {
				r.Reach(s)
			}
		}
		for k := range 2 + n%5 {
			d := time.Duration(n*7%1000+k) * 100 * time.Microsecond
			due++
			r.Late(s, time.Microsecond)
			r.Service(s, sample.SpanMessage, d)
			r.Response(s, sample.SpanMessage, 2*d)
			r.Message(s, sample.Accepted, s.Stage, 1, 0)
		}
		if n == soakEnd {
			r.Window(sample.Series{Stage: sample.Steady}, at(soakWarmup*time.Second), at(soakEnd*time.Second))
		}
		from := time.Duration(n-1) * time.Second
		memory := int64(100 + n%7)
		c.ServerLooks(&tally.ServerSample{From: at(from), To: at(from + time.Second), Memory: memory << 20, CPU: time.Millisecond})
		r.Tick(sample.Tick{From: at(from), To: at(from + time.Second), Busy: time.Duration(n%10) * 10 * time.Millisecond, Last: n == soakEnd,
			Open: []int{n % 3}, Peak: []int{n % 11}, Due: []int64{due}, Begun: []int64{due}})
	}
	run, err = c.Close(samples.Report(), generator.Usage{})
	if err != nil {
		t.Fatal(err)
	}
	return run, file.Bytes(), sizes
}

// An hour takes a third of the intervals that it has seconds, and nothing of what was counted
// is lost: neither in the file, nor in one that has lost its end.
func TestOldSecondsAreFolded(t *testing.T) {
	run, file, sizes := soak(t)
	read, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := contents(run), contents(read); a != b {
		t.Errorf("the run said\n%s\nits file says\n%s", a, b)
	}
	if n := len(read.Intervals); float64(n) > grain.Intervals(soakEnd)+10 || n < 1300 {
		t.Errorf("%d intervals, want %g and a few", n, grain.Intervals(soakEnd))
	}
	if first, last := sizes[599]-sizes[299], sizes[3599]-sizes[3299]; last*2 > first {
		t.Errorf("5 minutes take %d octets at first and %d after an hour", first, last)
	}
	end := read.Intervals[0].From
	for i := range read.Intervals {
		in := &read.Intervals[i]
		if in.From != end && in.Stage == sample.Steady && in.From != read.Intervals[i-1].From {
			t.Fatalf("interval %d begins at %v, want %v", in.Number, in.From.Time(), end.Time())
		}
		end = in.To
	}
	for name, read := range map[string]func(*testing.T, []byte) *Run{"totals": readTotals, "course": readCourse} {
		killed := read(t, file[:bytes.Index(file, []byte(`{"type":"stages"`))])
		if a, b := totalsTold(run), totalsTold(killed); !killed.Partial() || a != b {
			t.Errorf("%s of a killed run say\n%s\nwant\n%s", name, b, a)
		}
		if whole := read(t, file); totalsTold(run) != totalsTold(whole) {
			t.Errorf("%s say\n%s", name, totalsTold(whole))
		}
	}
}

// What comes before a stage is not in one interval with what comes after it.
func TestStagesBeginAnInterval(t *testing.T) {
	_, file, _ := soak(t)
	run := readCourse(t, file)
	if run.Width() != 8 {
		t.Errorf("intervals of %d s, want 8", run.Width())
	}
	var ends []int64
	for _, m := range regexp.MustCompile(`(?m)^\{"type":"interval".*"n":([0-9]+),`).FindAllSubmatch(file, -1) {
		n := int64(0)
		for _, c := range m[1] {
			n = 10*n + int64(c-'0')
		}
		ends = append(ends, n)
	}
	for _, n := range []int64{soakWarmup, soakWarmup + soakSecond, soakWarmup + soakSecond + 1, soakEnd + 1} { // the last tick counts for the second that begins with it
		if !slices.Contains(ends, n) {
			t.Errorf("no interval ends with second %d", n)
		}
	}
	if at := strings.Count(string(file), `"load_stage":2,"n":`); at == 0 {
		t.Error("no line of the second stage")
	}
}

// The server's memory keeps its peak, and its mean whatever is put together.
func TestServerIsFolded(t *testing.T) {
	run, file, _ := soak(t)
	read := readCourse(t, file)
	for name, r := range map[string]*Run{"run": run, "file": read} {
		if n := len(r.Server); float64(n) > grain.Intervals(soakEnd)+10 {
			t.Errorf("%s: %d looks", name, n)
		}
		sum := r.Server.Between(at(0), at(soakEnd*time.Second))
		if mean := float64(sum.MeanMemory()) / (1 << 20); sum.Memory != 106<<20 || mean < 102.9 || mean > 103.1 || sum.CPU != soakEnd*time.Millisecond {
			t.Errorf("%s: at most %d MiB, on average %g, %v", name, sum.Memory>>20, mean, sum.CPU)
		}
	}
}

// A run that is killed anywhere loses no more than the interval that was not written.
func TestFoldedFileCutAnywhere(t *testing.T) {
	_, file, sizes := soak(t)
	for n := 30; n < soakEnd; n += 397 {
		killed := readTotals(t, file[:sizes[n]])
		had := int64(0)
		for k := soakWarmup + 1; k <= n+1; k++ {
			had += int64(2 + k%5)
		}
		got := accepted(killed, 0)
		if lost := had - got; lost < 0 || lost > 6*grain.Width(int64(n)+1) {
			t.Errorf("of %d messages in %d s, %d are lost", had, n, lost)
		}
		if _, err := ReadCourse(bytes.NewReader(file[:sizes[n]-7])); err != nil {
			t.Errorf("cut within a line: %v", err)
		}
	}
}

func readTotals(t *testing.T, file []byte) *Run {
	t.Helper()
	r, err := ReadTotals(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readCourse(t *testing.T, file []byte) *Run {
	t.Helper()
	r, err := ReadCourse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
