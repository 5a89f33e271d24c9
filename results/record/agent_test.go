package record

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// agentRuns are the runs of the files of a fleet.
func agentRuns(t *testing.T, files ...[]byte) []*Run {
	t.Helper()
	var runs []*Run
	for _, f := range files {
		run, err := Read(bytes.NewReader(f))
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	return runs
}

// The files of agents come to the same in whatever order they are given, and what a
// coordinator knows of their start is in them.
func TestMergedAgents(t *testing.T) {
	files := agentFiles(t, "f", 0, time.Hour, -3*time.Second)
	start := testHeader(twoFlows(1)).Started.Add(-2 * time.Millisecond)
	for range 3 {
		files = append(files[1:], files[0])
		runs := agentRuns(t, files...)
		for _, r := range runs {
			r.Header.Agent.Start = sample.Instant(start.UnixNano())
		}
		merged, err := Merge(runs...)
		if err != nil {
			t.Fatal(err)
		}
		if !merged.Header.Started.Equal(start) || len(merged.Agents) != 3 {
			t.Errorf("begins at %v with %d agents, want %v and 3", merged.Header.Started, len(merged.Agents), start)
		}
		for i, a := range merged.Agents {
			if a.Number != i+1 || a.Skew != 2*time.Millisecond {
				t.Errorf("agent %d is number %d and begins %v late", i+1, a.Number, a.Skew)
			}
		}
	}
}

// What cannot be put together is named.
func TestAgentsThatDoNotMerge(t *testing.T) {
	u, whole := newUnion(t, 2, nil)
	v, partial := newUnion(t, 2, nil)
	one, other := agentFiles(t, u.ID(), 0, 0), agentFiles(t, v.ID(), 0, 0)
	for i := range one {
		if err := errors.Join(u.Feed(i, one[i]), v.Feed(i, other[i][:len(other[i])/2])); err != nil {
			t.Fatal(err)
		}
	}
	closeUnion(t, u)
	for want, files := range map[string][][]byte{
		"run 2 is of another run of a fleet than run 1":              {one[0], other[1]},
		"run 3 is of another run of a fleet than run 1":              {one[0], one[1], other[1]},
		"run 2 and run 3 are both of agent 1: leave one of them out": {one[1], one[0], agentFiles(t, u.ID(), 0, 0)[0]},
		"run 3 is the same run as run 1: give each run once":         {one[0], one[1], one[0]},
		"run 1 is of the whole fleet, and has what is in run 2":      {whole.Bytes(), one[1]},
		"run 3 is of the whole fleet, and has what is in run 1":      {other[0], other[1], partial.Bytes()},
		"run 2 is the same run as run 1":                             {whole.Bytes(), whole.Bytes()},
	} {
		if _, err := Merge(agentRuns(t, files...)...); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// If the coordinator was silent for all, it was that which ended the run. If it was not for one,
// the others were cut off, and lost.
func TestMergedDesertion(t *testing.T) {
	for name, test := range map[string]struct {
		deserted [2]bool
		want     bool
		lost     string
	}{
		"of all":  {[2]bool{true, true}, true, ""},
		"of one":  {[2]bool{false, true}, false, "it did not hear of its coordinator, and ended early"},
		"of none": {[2]bool{}, false, ""},
	} {
		runs := agentRuns(t, agentFiles(t, "f", 0, 0)...)
		for i, r := range runs {
			r.Source, r.Closing.Deserted = fmt.Sprintf("%d.jsonl", i), test.deserted[i]
		}
		merged, err := Merge(runs...)
		if err != nil {
			t.Fatal(err)
		}
		if merged.Deserted() != test.want || merged.Agents[0].Lost != "" || merged.Agents[1].Lost != test.lost || !slices.Equal(merged.Merged, []string{"0.jsonl", "1.jsonl"}) {
			t.Errorf("%s: deserted %v, agents %+v, of %q", name, merged.Deserted(), merged.Agents, merged.Merged)
		}
	}
}

// An agent without a reply has no say in which clock stamped the replies of the others.
func TestMergedClocks(t *testing.T) {
	for want, clocks := range map[string][]string{
		"kernel": {"unknown", "kernel", "unknown", "kernel"}, "user": {"user", "unknown"}, "mixed": {"kernel", "unknown", "user"}, "unknown": {"unknown", "unknown"},
	} {
		var c Closing
		for _, clock := range clocks {
			c.merge(&Closing{Clock: clock})
		}
		if c.Clock != want {
			t.Errorf("%q come to %q, want %q", clocks, c.Clock, want)
		}
	}
}

// A file that has lost its end is merged with what it has, and its agent is lost, as for a coordinator.
func TestMergedWithATruncatedFile(t *testing.T) {
	files := agentFiles(t, "f", 0, 0)
	files[1] = files[1][:len(files[1])*2/3]
	merged, err := Merge(agentRuns(t, files...)...)
	if err != nil {
		t.Fatal(err)
	}
	if a := merged.Agents; a[0].Lost != "" || a[1].Lost != "its file has lost its end" || merged.Partial() {
		t.Errorf("agents %+v, partial %v", a, merged.Partial())
	}
}

// What several agents say of one target stands in the result once.
func TestMergedLosses(t *testing.T) {
	var c Closing
	for _, lost := range []string{"a is lost", "", "a is lost", "b is lost"} {
		c.merge(&Closing{Lost: lost})
	}
	if want := "a is lost; b is lost"; c.Lost != want {
		t.Errorf("%q, want %q", c.Lost, want)
	}
}
