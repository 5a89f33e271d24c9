package results

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// fileOf is what a pretended run's file holds.
func fileOf(t *testing.T, p pretended) []byte {
	t.Helper()
	var b bytes.Buffer
	p.write(t, &b)
	return b.Bytes()
}

// withBaseline declares one in a file's header.
func withBaseline(file []byte, flow string) []byte {
	return bytes.Replace(file, []byte(`"in_turn":`), []byte(`"baseline":"`+flow+`","in_turn":`), 1)
}

// ordinaryFiles are run files of all kinds, old ones among them.
func ordinaryFiles(t *testing.T) map[string][]byte {
	t.Helper()
	_, both := collect(t, 2, nil)
	failing := quiet()
	failing.failing = 0.1
	single := pretended{flows: []string{"a", "b"}, rounds: 1, seconds: 20, messages: 40, phases: everyPhase, slower: map[string]float64{"b": 0.5}, seed: 3}
	files := map[string][]byte{
		"open and closed": both, "rounds": fileOf(t, failing), "one round": withBaseline(fileOf(t, single), "a"),
	}
	for _, name := range []string{"before.jsonl", "after.jsonl", "ports.jsonl"} {
		b, err := os.ReadFile(filepath.Join("testdata", "runs", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	return files
}

// unseekable is as a pipe.
type unseekable struct{ io.Reader }

func (unseekable) Seek(int64, int) (int64, error) { return 0, errors.New("illegal seek") }

// All readers tell the same of a file, be it whole or cut; and so do pages and
// comparisons.
func TestReadersAgree(t *testing.T) {
	for name, file := range ordinaryFiles(t) {
		for how, text := range map[string][]byte{
			"whole": file, "cut": file[:2*len(file)/3],
			"without the last line": file[:1+bytes.LastIndexByte(file[:len(file)-1], '\n')], "with the last line cut": file[:len(file)-9],
		} {
			t.Run(name+", "+how, func(t *testing.T) { agree(t, text) })
		}
	}
}

func agree(t *testing.T, file []byte) {
	read := func(name string, run *Run, err error) *Run {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return run
	}
	run, err := Read(bytes.NewReader(file))
	whole := read("Read", run, err)
	run, err = ReadTotals(bytes.NewReader(file))
	totals := read("ReadTotals", run, err)
	run, err = ReadCourse(bytes.NewReader(file))
	course := read("ReadCourse", run, err)
	run, err = ReadTotals(unseekable{bytes.NewReader(file)})
	piped := read("a pipe", run, err)
	want := marshal(t, whole.Result())
	for name, r := range map[string]*Run{"totals": totals, "course": course, "a pipe's totals": piped} {
		if got := marshal(t, r.Result()); got != want {
			t.Errorf("%s are\n%s\nwant\n%s", name, got, want)
		}
	}
	for format, r := range map[string]*Run{"hgrm": totals, "html": course} {
		if got, want := formatted(t, r, format), formatted(t, whole, format); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", format, got, want)
		}
	}
	compared := func(r *Run) string {
		names := flowNames([]*Run{r})
		c, err := CompareFlows([]*Run{r}, names[0], names[len(names)-1], CompareOptions{})
		if err != nil {
			return err.Error()
		}
		return marshal(t, c)
	}
	if got, want := compared(course), compared(whole); got != want {
		t.Errorf("compared as\n%s\nwant\n%s", got, want)
	}
}

func formatted(t *testing.T, r *Run, format string) string {
	t.Helper()
	var b strings.Builder
	if err := Runs.Write(&b, format, []*Run{r}, Options{}); err != nil {
		return "error: " + err.Error()
	}
	return b.String()
}

// longRun is more than is kept second by second.
var longRun = pretended{
	flows: []string{"a", "b"}, together: true, rounds: 1, seconds: maxKeptOfSeries + 500, messages: 2,
	phases: []sample.Phase{sample.Connect, sample.SpanMessage}, slower: map[string]float64{"b": 0.3}, failing: 0.1, seed: 5,
}

// longFile is its file, with a baseline.
func longFile(t *testing.T) []byte {
	t.Helper()
	longOnce.Do(func() { longText = withBaseline(fileOf(t, longRun), "a") })
	return longText
}

var (
	longOnce sync.Once
	longText []byte
)

// Of a long run no more is kept than can be shown, and nothing of it is lost.
func TestLongRunIsReadInBounds(t *testing.T) {
	file := longFile(t)
	whole, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"whole": file, "cut": file[:len(file)-20]} {
		course, err := ReadCourse(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := marshal(t, whole.Result().Flows), marshal(t, course.Result().Flows); a != b {
			t.Errorf("%s: figures are\n%s\nwant\n%s", name, b, a)
		}
		if n := len(course.Intervals); n > 2*maxKeptOfSeries || n < maxKeptOfSeries {
			t.Errorf("%s: %d intervals of %d lines are kept", name, n, len(whole.Intervals))
		}
		sums := map[int]StoredInterval{}
		for _, i := range course.Intervals {
			s := sums[i.Flow]
			if s.To != 0 && i.From != s.To {
				t.Fatalf("%s: an interval begins at %v, where the one before it ends at %v", name, i.From, s.To)
			}
			s.To = i.To
			if err := s.add(&i); err != nil {
				t.Fatal(err)
			}
			sums[i.Flow] = s
		}
		for flow := range longRun.flows {
			total := whole.totals[sample.Series{Flow: flow, Stage: sample.Steady}]
			s := sums[flow]
			message := slotOf(sample.SpanMessage, sample.Service)
			if s.Accepted != total.InWindow || s.Messages != total.Outcomes || s.times[message].Encode() != total.hists[message].Encode() {
				t.Errorf("%s: flow %d adds up to %d messages in the window, %v in all and %d times", name, flow, s.Accepted, s.Messages, s.times[message].Count())
			}
		}
	}
}

// What a long run's seconds tell is told by what they are put together to:
// pages are the same, and intervals within a run nearly.
func TestLongRunIsShownAlike(t *testing.T) {
	file := longFile(t)
	whole, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	course, err := ReadCourse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	line, err := course.timeline()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(line.At); n > maxBins || n < maxBins/2 {
		t.Errorf("the page has %d points", n)
	}
	accepted := 0.0
	for _, rate := range line.Flows[0].Rate {
		accepted += rate * line.Step
	}
	if want := float64(whole.Result().Flows["a"].Messages.Accepted); accepted < want-line.Step*4 || accepted > want+line.Step*4 {
		t.Errorf("the page's rates come to %v messages, want %v", accepted, want)
	}
	exact, err := CompareFlows([]*Run{whole}, "a", "b", CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := CompareFlows([]*Run{course}, "a", "b", CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range got.Rows {
		want := exact.Rows[i]
		if row.Base != want.Base || row.New != want.New || row.Delta != want.Delta {
			t.Errorf("%s: %v and %v, want %v and %v", row.Metric, row.Base, row.New, want.Base, want.New)
		}
		if (row.Interval == nil) != (want.Interval == nil) {
			t.Errorf("%s: an interval of %v, want %v", row.Metric, row.Interval, want.Interval)
		}
		if row.Interval == nil || want.Interval == nil {
			continue
		}
		width, exactly := row.Interval[1]-row.Interval[0], want.Interval[1]-want.Interval[0]
		if width < 0.6*exactly || width > 1.6*exactly {
			t.Errorf("%s: an interval %v wide, want about %v", row.Metric, width, exactly)
		}
	}
	a, b := newMatrix(whole).Against.Pairs[0].Time, newMatrix(course).Against.Pairs[0].Time
	if a.Delta != b.Delta || b.Interval == nil || b.Interval[0] > b.Delta || b.Interval[1] < b.Delta {
		t.Errorf("the matrix tells %+v, want about %+v", b, a)
	}
}

// Runs of one scenario merge, also where one is long and the other ended early.
func TestLongRunMergesWithShort(t *testing.T) {
	long, err := ReadCourse(bytes.NewReader(longFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	p := longRun
	p.seconds, p.seed = 50, 6
	short, err := ReadCourse(bytes.NewReader(withBaseline(fileOf(t, p), "a")))
	if err != nil {
		t.Fatal(err)
	}
	before := len(short.Intervals)
	both, err := Merge(short, long)
	if err != nil {
		t.Fatal(err)
	}
	if len(short.Intervals) != before || short.Intervals[0].Messages[0]+short.Intervals[0].Messages[1] != 2 || short.Intervals[0].times != nil {
		t.Errorf("merging changed a run: %d intervals of %v", len(short.Intervals), short.Intervals[0].Messages)
	}
	var messages int64
	for _, i := range both.Intervals {
		if i.Flow == 0 {
			messages += i.Messages[sample.Accepted]
		}
	}
	if want := both.Result().Flows["a"].Messages.Accepted; messages != want {
		t.Errorf("the intervals hold %d messages, want %d", messages, want)
	}
	if line, err := both.timeline(); err != nil || len(line.At) > maxBins {
		t.Errorf("%v: %d points", err, len(line.At))
	}
}

// A run of more series than intervals may be kept has one of each, and reading
// it is not undone by putting together again and again.
func TestCourseOfManySeries(t *testing.T) {
	c := newCourse(newRun(testHeader(twoFlows(maxKept))), false)
	for n := range 2 * maxKept {
		if err := c.add(StoredInterval{Round: n, Number: int64(n + 1), Accepted: 1}, lineHistograms{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.run.Intervals); n != 2*maxKept {
		t.Errorf("%d intervals", n)
	}
	rounds := map[int]bool{}
	for _, i := range c.run.Intervals {
		rounds[i.Round] = true
	}
	if len(rounds) != 2*maxKept {
		t.Errorf("%d rounds", len(rounds))
	}
}

// A line that says it is far from the others is of no more use than they are,
// but harmless.
func TestCourseOfHostileNumbers(t *testing.T) {
	c := newCourse(newRun(testHeader(twoFlows(1))), false)
	for _, n := range []int64{5, 0, 1 << 62, 1<<63 - 1, 7, 0} {
		if err := c.add(StoredInterval{Number: n, To: at(time.Second)}, lineHistograms{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.run.Intervals); n > 6 {
		t.Errorf("%d intervals", n)
	}
	if _, err := c.run.timeline(); err != nil {
		t.Error(err)
	}
}
