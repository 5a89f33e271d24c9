package compare_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// again reads a file as if it were another's.
func again(t *testing.T, file []byte, source string) *record.Run {
	t.Helper()
	r, err := record.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	r.Source = source
	return r
}

// withoutID is a run file as earlier versions wrote it.
func withoutID(t *testing.T, file []byte) []byte {
	t.Helper()
	from := bytes.Index(file, []byte(`"id":"`))
	if from < 0 {
		t.Fatal("the header has no id")
	}
	to := from + bytes.IndexByte(file[from:], ',') + 1
	return slices.Concat(file[:from], file[to:])
}

// A run counts once: it is known among its copies, cut or merged, and
// from runs that are like it.
func TestNoRunCountsTwice(t *testing.T) {
	_, file := madeup.Collect(t, 1)
	_, other := madeup.Collect(t, 1)
	old := withoutID(t, file)
	cut := file[:bytes.LastIndex(file, []byte(`{"type":"closing"`))]
	merged, err := record.Merge(again(t, file, ""), again(t, other, ""))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		runs []*record.Run
		want string // "" for runs that are different
	}{
		"alike":              {[]*record.Run{again(t, file, "a"), again(t, other, "b")}, ""},
		"a copy":             {[]*record.Run{again(t, file, "a"), again(t, file, "b")}, "b is the same run as a"},
		"without names":      {[]*record.Run{again(t, file, ""), again(t, other, ""), again(t, file, "")}, "run 3 is the same run as run 1"},
		"old copies":         {[]*record.Run{again(t, old, "a"), again(t, old, "b")}, "b is the same run as a"},
		"cut short":          {[]*record.Run{again(t, file, "a"), again(t, cut, "b")}, "b is the same run as a"},
		"in a merged run":    {[]*record.Run{merged, again(t, other, "b")}, "b is the same run as run 1"},
		"a merged run twice": {[]*record.Run{merged, merged}, "run 2 is the same run as run 1"},
	} {
		sum, err := record.Merge(c.runs...)
		if found := err != nil && strings.Contains(err.Error(), c.want+": give each run once"); found != (c.want != "") || (sum == nil) != (c.want != "") {
			t.Errorf("%s: merged to %v, %v, want %q", name, sum != nil, err, c.want)
		}
		if _, err := compare.NewMatrix(c.runs); err != nil && strings.Contains(err.Error(), "give each run once") != (c.want != "") {
			t.Errorf("%s: as repeats: %v, want %q", name, err, c.want)
		}
		if _, err := compare.Compare(c.runs, []*record.Run{again(t, other, "o")}, compare.Options{}); (err != nil) != (c.want != "") {
			t.Errorf("%s: as one side: %v, want %q", name, err, c.want)
		}
	}
}

// A run that is on both sides is warned of, and no gate is met.
func TestRunAgainstItself(t *testing.T) {
	_, file := madeup.Collect(t, 1)
	_, other := madeup.Collect(t, 1)
	g, err := criteria.ParseGate("message.p99 > +5%")
	if err != nil {
		t.Fatal(err)
	}
	a, b := again(t, file, "a.jsonl"), again(t, other, "b.jsonl")
	for name, c := range map[string]struct {
		base, new []*record.Run
		want      string
	}{
		"others":      {[]*record.Run{a}, []*record.Run{b}, ""},
		"itself":      {[]*record.Run{a}, []*record.Run{a}, "a.jsonl of the base side is a.jsonl of the new"},
		"a copy":      {[]*record.Run{a}, []*record.Run{b, again(t, file, "c.jsonl")}, "a.jsonl of the base side is c.jsonl of the new"},
		"overlapping": {[]*record.Run{a, b}, []*record.Run{b}, "b.jsonl of the base side is b.jsonl of the new"},
	} {
		out, err := compare.Compare(c.base, c.new, compare.Options{Gates: []criteria.Gate{g}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := len(out.Warnings) > 0 && strings.HasPrefix(out.Warnings[0], "the same run is on both sides") && strings.Contains(out.Warnings[0], c.want)
		if found != (c.want != "") {
			t.Errorf("%s: warned of %q, want %q", name, out.Warnings, c.want)
		}
		if held := out.Gates[0]; c.want != "" && (held.OK || held.Known || held.Reason != "the same run is on both sides") {
			t.Errorf("%s: the gate came to %+v", name, held)
		}
	}
	if n, err := compare.RoundsNeeded(a, compare.Options{}); err != nil || n < 2 {
		t.Errorf("%d rounds needed, %v: a run by itself says how many", n, err)
	}
}
