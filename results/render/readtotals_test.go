package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/charts"
)

// ordinaryFiles are run files of all kinds, old ones among them.
func ordinaryFiles(t *testing.T) map[string][]byte {
	t.Helper()
	_, both := madeup.Collect(t, 2)
	failing := madeup.Quiet()
	failing.Failing = 0.1
	single := madeup.Pretended{Flows: []string{"a", "b"}, Rounds: 1, Seconds: 20, Messages: 40, Phases: samples.EveryPhase, Slower: map[string]float64{"b": 0.5}, Seed: 3}
	files := map[string][]byte{
		"open and closed": both, "rounds": fileOf(t, failing), "one round": fileOf(t, single),
	}
	for _, name := range []string{"before.jsonl", "after.jsonl", "ports.jsonl"} {
		b, err := os.ReadFile(filepath.Join("..", "record", "testdata", "runs", name))
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
	read := func(name string, run *record.Run, err error) *record.Run {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return run
	}
	run, err := record.Read(bytes.NewReader(file))
	whole := read("Read", run, err)
	run, err = record.ReadTotals(bytes.NewReader(file))
	totals := read("ReadTotals", run, err)
	run, err = record.ReadCourse(bytes.NewReader(file))
	course := read("ReadCourse", run, err)
	run, err = record.ReadTotals(unseekable{bytes.NewReader(file)})
	piped := read("a pipe", run, err)
	want := marshal(t, figures.Of(whole))
	for name, r := range map[string]*record.Run{"totals": totals, "course": course, "a pipe's totals": piped} {
		if got := marshal(t, figures.Of(r)); got != want {
			t.Errorf("%s are\n%s\nwant\n%s", name, got, want)
		}
	}
	for format, r := range map[string]*record.Run{"hgrm": totals, "html": course} {
		if got, want := formatted(t, r, format), formatted(t, whole, format); got != want {
			t.Errorf("%s is\n%s\nwant\n%s", format, got, want)
		}
	}
	compared := func(r *record.Run) string {
		flows := r.Header.Flows
		c, err := compare.CompareFlows([]*record.Run{r}, flows[0].Name, flows[len(flows)-1].Name, compare.Options{})
		if err != nil {
			return err.Error()
		}
		return marshal(t, c)
	}
	if got, want := compared(course), compared(whole); got != want {
		t.Errorf("compared as\n%s\nwant\n%s", got, want)
	}
}

func formatted(t *testing.T, r *record.Run, format string) string {
	t.Helper()
	var b strings.Builder
	if err := Runs.Write(&b, format, []*record.Run{r}, Options{}); err != nil {
		return "error: " + err.Error()
	}
	return b.String()
}

// fileOf is what a pretended run's file holds.
func fileOf(t *testing.T, p madeup.Pretended) []byte {
	t.Helper()
	_, file := p.Write(t)
	return file
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The seconds of a long run say the same after they are put together:
// pages are the same, and intervals within a run nearly.
func TestLongRunIsShownAlike(t *testing.T) {
	_, file := madeup.Pretended{
		Flows: []string{"a", "b"}, Together: true, Rounds: 1, Seconds: 2500, Messages: 2,
		Phases: []sample.Phase{sample.Connect, sample.SpanMessage}, Slower: map[string]float64{"b": 0.3}, Failing: 0.1, Seed: 5,
	}.Write(t)
	whole, err := record.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	course, err := record.ReadCourse(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	line, err := charts.Timeline(course)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(line.At); n > 900 || n < 300 {
		t.Errorf("the page has %d points", n)
	}
	accepted := 0.0
	for _, rate := range line.Flows[0].Rate {
		accepted += rate * line.Step
	}
	if want := float64(figures.Of(whole).Flows["a"].Messages.Accepted); accepted < want-line.Step*4 || accepted > want+line.Step*4 {
		t.Errorf("the page's rates come to %v messages, want %v", accepted, want)
	}
	exact, err := compare.CompareFlows([]*record.Run{whole}, "a", "b", compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := compare.CompareFlows([]*record.Run{course}, "a", "b", compare.Options{})
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
	a, b := compare.MatrixOf(whole).Against.Pairs[0].Time, compare.MatrixOf(course).Against.Pairs[0].Time
	if a.Delta != b.Delta || b.Interval == nil || b.Interval[0] > b.Delta || b.Interval[1] < b.Delta {
		t.Errorf("the matrix has %+v, want about %+v", b, a)
	}
}
