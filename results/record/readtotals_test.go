package record

import (
	"bytes"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A secondBySecond recorder has the collector write each second by itself.
type secondBySecond struct{ patient }

func (r secondBySecond) Tick(t sample.Tick) {
	r.current.reached = true
	r.patient.Tick(t)
}

// fileOf is what a pretended run's file holds, as earlier versions wrote it: second by
// second, however long the run.
func fileOf(t *testing.T, p samples.Pretended) []byte {
	t.Helper()
	var file bytes.Buffer
	plan := p.Plan()
	c, err := NewCollector(&file, testHeader(plan), plan, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Feed(secondBySecond{patient{c.recorders[0]}})
	if _, err := c.Close(samples.Report(), generator.Usage{}); err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`"width":[0-9]+,`).ReplaceAll(file.Bytes(), nil)
}

// longRun is more than is kept second by second.
var longRun = samples.Pretended{
	Flows: []string{"a", "b"}, Together: true, Rounds: 1, Seconds: maxKeptOfSeries + 500, Messages: 2,
	Phases: []sample.Phase{sample.Connect, sample.SpanMessage}, Slower: map[string]float64{"b": 0.3}, Failing: 0.1, Seed: 5,
}

// longFile is its file, with a baseline.
func longFile(t *testing.T) []byte {
	t.Helper()
	longOnce.Do(func() { longText = fileOf(t, longRun) })
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
		if a, b := totalsTold(whole), totalsTold(course); a != b {
			t.Errorf("%s: figures are\n%s\nwant\n%s", name, b, a)
		}
		if n := len(course.Intervals); n > 2*maxKeptOfSeries || n < maxKeptOfSeries {
			t.Errorf("%s: %d intervals of %d lines are kept", name, n, len(whole.Intervals))
		}
		sums := map[int]Interval{}
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
		for flow := range longRun.Flows {
			total := whole.totals[sample.Series{Flow: flow, Stage: sample.Steady}]
			s := sums[flow]
			message := tally.SlotOf(sample.SpanMessage, sample.Service)
			if s.Accepted != total.InWindow || s.Messages != total.Outcomes || s.times[message].Encode() != total.Hists[message].Encode() {
				t.Errorf("%s: flow %d adds up to %d messages in the window, %v in all and %d times", name, flow, s.Accepted, s.Messages, s.times[message].Count())
			}
		}
	}
}

// Runs of one scenario merge, also where one is long and the other ended early.
func TestLongRunMergesWithShort(t *testing.T) {
	long, err := ReadCourse(bytes.NewReader(longFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	p := longRun
	p.Seconds, p.Seed = 50, 6
	short, err := ReadCourse(bytes.NewReader(fileOf(t, p)))
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
	if want := accepted(both, 0); messages != want {
		t.Errorf("the intervals hold %d messages, want %d", messages, want)
	}
}

// A run of more series than intervals may be kept has one of each, and reading
// it is not undone by putting together again and again.
func TestCourseOfManySeries(t *testing.T) {
	c := newCourse(newRun(testHeader(twoFlows(maxKept))))
	for n := range 2 * maxKept {
		if err := c.add(Interval{Round: n, Number: int64(n + 1), Accepted: 1}, 1, lineHistograms{}); err != nil {
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
	c := newCourse(newRun(testHeader(twoFlows(1))))
	for _, n := range []int64{5, 0, 1 << 62, 1<<63 - 1, 7, 0} {
		if err := c.add(Interval{Number: n, To: at(time.Second)}, 1, lineHistograms{}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.run.Intervals); n > 6 {
		t.Errorf("%d intervals", n)
	}
}

// A file whose intervals are not those of its totals is read, and says so, in either way of
// reading, also after it is merged.
func TestIntervalsAstray(t *testing.T) {
	short := longRun
	short.Seconds = 10
	lines := bytes.SplitAfter(fileOf(t, short), []byte("\n"))
	first := slices.IndexFunc(lines, func(l []byte) bool {
		return bytes.HasPrefix(l, intervalStart) && bytes.Contains(l, []byte(`"outcomes"`))
	})
	for name, c := range map[string]struct {
		lines [][]byte
		want  string
	}{
		"whole":   {lines, "^$"},
		"missing": {slices.Delete(slices.Clone(lines), first, first+1), "^intervals have [0-9]+ of [0-9]+ messages$"},
		"twice":   {slices.Insert(slices.Clone(lines), first, lines[first]), "^interval [0-9]+ is there twice$"},
	} {
		file := bytes.Join(c.lines, nil)
		for _, read := range []func() (*Run, error){
			func() (*Run, error) { return Read(bytes.NewReader(file)) },
			func() (*Run, error) { return ReadTotals(bytes.NewReader(file)) },
		} {
			r, err := read()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			merged, err := Merge(r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if want := regexp.MustCompile(c.want); !want.MatchString(r.Astray()) || !want.MatchString(merged.Astray()) {
				t.Errorf("%s: %q, merged %q", name, r.Astray(), merged.Astray())
			}
		}
	}
}
