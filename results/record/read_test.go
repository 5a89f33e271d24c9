package record

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
)

func TestFileHasWhatTheRunHas(t *testing.T) {
	run, file := collect(t, 2, nil)
	read, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	a, b := contents(run), contents(read)
	if a != b {
		t.Errorf("the run said\n%s\nits file says\n%s", a, b)
	}
	var sum int64
	merge := histogram.New()
	for i := range read.Intervals {
		in := &read.Intervals[i]
		sum += in.Messages[sample.Accepted]
		h, err := in.Histogram(sample.SpanMessage, sample.Service)
		if err != nil {
			t.Fatal(err)
		}
		merge.Merge(h)
	}
	if sum != 60 || merge.Count() != 60 {
		t.Errorf("the intervals hold %d accepted messages and %d times, want 60 with the warm-up's", sum, merge.Count())
	}
}

// Wherever a file is cut, it loads with what is whole in it, or says what is
// wrong.
func TestCutAnywhere(t *testing.T) {
	whole, file := collect(t, 1, nil)
	headerEnd := bytes.IndexByte(file, '\n')
	var before int64
	for n := range len(file) {
		run, err := Read(bytes.NewReader(file[:n]))
		if n < headerEnd {
			if err == nil {
				t.Fatalf("cut at %d, within the header, it loads", n)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		closing := n == len(file)-1 // only the line end is missing
		if run.Partial() == closing {
			t.Fatalf("cut at %d of %d: partial is %v", n, len(file), run.Partial())
		}
		now := accepted(run, 0)
		if now < before {
			t.Fatalf("cut at %d: %d messages, fewer than in a shorter file", n, now)
		}
		before = now
	}
	if before != accepted(whole, 0) {
		t.Errorf("%d messages without the closing line", before)
	}
}

func TestPartialHasRates(t *testing.T) {
	_, file := collect(t, 1, nil)
	cut := bytes.Index(file, []byte(`{"type":"window","flow":"closed","round":1,"stage":"steady"`))
	run, err := Read(bytes.NewReader(file[:cut]))
	if err != nil {
		t.Fatal(err)
	}
	if n, length := accepted(run, 0), run.SteadyLength(0); n != 20 || length != 2*time.Second {
		t.Errorf("%d messages over %v, want 20 over 2 s: the window is what the intervals saw", n, length)
	}
}

// A run that another was appended to is not passed off as that one.
func TestOneFileHoldsOneRun(t *testing.T) {
	run, err := os.ReadFile("testdata/runs/ports.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(run, []byte("\n"))
	cut := bytes.Join(lines[:4], nil)
	for name, file := range map[string][]byte{"cut": append(bytes.Clone(cut), run...), "whole": append(bytes.Clone(run), run...)} {
		for reader, read := range map[string]func([]byte) error{
			"Read":       func(b []byte) error { _, err := Read(bytes.NewReader(b)); return err },
			"ReadTotals": func(b []byte) error { _, err := ReadTotals(bytes.NewReader(b)); return err },
		} {
			if err := read(file); err == nil || !strings.Contains(err.Error(), "line ") {
				t.Errorf("%s with another run behind it, %s: %v", name, reader, err)
			}
		}
	}
}

func TestWrongFilesAreRefusedByLine(t *testing.T) {
	_, file := collect(t, 1, nil)
	lines := strings.SplitAfter(string(file), "\n")
	with := func(i int, old, new string) string {
		out := append([]string{}, lines...)
		if !strings.Contains(out[i], old) {
			t.Fatalf("line %d has no %s", i+1, old)
		}
		out[i] = strings.Replace(out[i], old, new, 1)
		return strings.Join(out, "")
	}
	total := slices.IndexFunc(lines, func(l string) bool {
		return strings.Contains(l, `"type":"total"`) && strings.Contains(l, `"message":"`)
	})
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "empty"},
		"other text":  {"hello\n", "line 1: not a run file"},
		"other JSON":  {"{}\n", "line 1: not a run file"},
		"broken":      {with(2, `{"type"`, `{"type`), "line 3"},
		"flow":        {with(1, `"flow":"closed"`, `"flow":"x"`), `line 2: flow "x"`},
		"round":       {with(1, `"round":1`, `"round":9`), "line 2: round 9 of 1"},
		"stage":       {with(1, `"stage":"warmup"`, `"stage":"x"`), `line 2: stage "x"`},
		"count":       {with(1, `"outcomes":{"accepted":10`, `"outcomes":{"accepted":-1`), "line 2: a count of -1"},
		"histogram":   {with(total, `"message":"`, `"message":"AAAA`), "histogram"},
		"phase":       {with(total, `"message":"`, `"mess":"`), `histogram "mess"`},
		"after close": {string(file) + lines[1], "follows the closing line"},
	} {
		_, err := Read(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMerge(t *testing.T) {
	a, _ := collect(t, 1, nil)
	_, file := collect(t, 2, nil)
	b, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	times, peak := sum.Histogram("closed", sample.SpanMessage, sample.Service).Count(), sum.LastGauge(0).Peak
	if accepted(sum, 0) != 60 || times != 60 || sum.SteadyLength(0) != 2*time.Second || peak != 9 {
		t.Errorf("merged: %d messages and %d times over %v, peak %d", accepted(sum, 0), times, sum.SteadyLength(0), peak)
	}
	if c := sum.Closing; c.Generator.CPU != 2*time.Second || c.Shards != 2 {
		t.Errorf("generators: %+v, %d shards", c.Generator, c.Shards)
	}
	again, err := Merge(b, a)
	if err != nil {
		t.Fatal(err)
	}
	if totalsTold(again) != totalsTold(sum) {
		t.Error("the order of merging matters")
	}
	other := newRun(testHeader(twoFlows(2)))
	if _, err := Merge(a, other); err == nil {
		t.Error("runs of other scenarios merge")
	}
}

// contents is everything that a run has, as a file would have it.
func contents(r *Run) string {
	var b bytes.Buffer
	out := fileWriter{w: &b}
	out.header(&r.Header)
	if r.Closing != nil {
		out.closing(r)
	}
	return b.String() + totalsTold(r)
}

// totalsTold is what the series of a run come to, in their order.
func totalsTold(r *Run) string {
	var b bytes.Buffer
	out := fileWriter{w: &b}
	for _, s := range slices.SortedFunc(maps.Keys(r.totals), compareSeries) {
		out.line(newTotalLine(totalType, r.Header.seriesLine(s), r.totals[s]))
	}
	for _, s := range slices.SortedFunc(maps.Keys(r.stages), compareSeries) {
		out.line(newStageLine(stagesType, r.Header.seriesLine(s), s, r.stages[s], 0))
	}
	for i := range r.Header.Flows {
		out.line(r.Backlog(i))
		out.line([]any{r.gauges[i], r.greetings[i], r.SteadyLength(i)})
	}
	return b.String() + fmt.Sprint(r.Processors)
}

// accepted counts the messages of a flow's load that were.
func accepted(r *Run, flow int) int64 {
	return r.FlowTotal(flow, sample.Steady).Outcomes[sample.Accepted]
}
