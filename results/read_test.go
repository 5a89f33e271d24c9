package results

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func TestFileTellsWhatTheRunTold(t *testing.T) {
	run, file := collect(t, 2, nil)
	read, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	a, b := marshal(t, run.Result()), marshal(t, read.Result())
	if a != b {
		t.Errorf("the run said\n%s\nits file says\n%s", a, b)
	}
	var sum int64
	merge := NewHistogram()
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

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
		got := run.Result()
		closing := n == len(file)-1 // only the line end is missing
		if got.Partial == closing {
			t.Fatalf("cut at %d of %d: partial is %v", n, len(file), got.Partial)
		}
		accepted := got.Flows["closed"].Messages.Accepted
		if accepted < before {
			t.Fatalf("cut at %d: %d messages, fewer than in a shorter file", n, accepted)
		}
		before = accepted
	}
	if before != whole.Result().Flows["closed"].Messages.Accepted {
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
	if f := run.Result().Flows["closed"]; f.Rate != 10 {
		t.Errorf("rate %v over %v, want 10: the window is what the intervals saw", f.Rate, time.Duration(f.Window))
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
	f := sum.Result().Flows["closed"]
	if f.Messages.Accepted != 60 || f.Phases["message"].Count != 60 || f.Rate != 30 || f.Sessions.Peak != 9 {
		t.Errorf("merged: %+v at %v/s, peak %d", f.Messages, f.Rate, f.Sessions.Peak)
	}
	if g := sum.Result().Generator; g.CPUSeconds != 2 || g.Shards != 2 {
		t.Errorf("generators: %+v", g)
	}
	again, err := Merge(b, a)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Result().Flows, sum.Result().Flows) {
		t.Error("the order of merging matters")
	}
	other := newRun(testHeader(twoFlows(2)))
	if _, err := Merge(a, other); err == nil {
		t.Error("runs of other scenarios merge")
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	p := twoFlows(1)
	h := testHeader(p)
	h.Thresholds = []criteria.Threshold{{Expr: "closed.message.p99 < 5ms"}, {Expr: "open.unknown < 1"}}
	c, err := NewCollector(&file, h, p, 1, nil)
	if err != nil {
		f.Fatal(err)
	}
	feed(patient{c.recorders[0]}, 0)
	if _, err := c.Close(testReport(), Generator{}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	lines := bytes.SplitAfter(file.Bytes(), []byte("\n"))
	for i := range lines {
		f.Add(append(bytes.Clone(lines[0]), lines[i]...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := Read(bytes.NewReader(b))
		course, courseErr := ReadCourse(bytes.NewReader(b))
		if err != nil {
			if courseErr == nil {
				t.Errorf("what is refused whole is taken within bounds: %v", err)
			}
			return
		}
		res := run.Result()
		if courseErr == nil && marshal(t, res) != marshal(t, course.Result()) {
			t.Error("the figures within bounds are others")
		}
		for name, flow := range res.Flows {
			m := flow.Messages
			if m.Attempted != m.Accepted+m.Rejected+m.Failed+m.Unknown {
				t.Errorf("flow %s: outcomes do not add up: %+v", name, m)
			}
		}
		if _, err := json.Marshal(res); err != nil {
			t.Error(err)
		}
		// A format each, since all of them at a time are slow. Some refuse a run
		// without figures; none may panic.
		_ = Runs.Write(io.Discard, Runs.Names()[len(b)%len(Runs.Names())], []*Run{run}, Options{})
	})
}
