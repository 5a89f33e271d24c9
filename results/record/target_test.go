package record

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// What servers said in three seconds on two shards is one line of the file, and in the
// figures.
func TestGreetingIsKeptOnce(t *testing.T) {
	run, file := collect(t, 2, nil)
	want := `{"type":"greeting","flow":"closed","address":"127.0.0.1","banner":"mx.example.test ESMTP","offers":["PIPELINING","SIZE 1000"]}`
	if n := bytes.Count(file, []byte(want)); n != 1 || bytes.Count(file, []byte(greetingType)) != 1 {
		t.Errorf("%d lines as wanted in\n%s", n, file)
	}
	for range 2 {
		if g := run.Greetings(0).List; len(g) != 1 || g[0].Banner != "mx.example.test ESMTP" || g[0].Address != "127.0.0.1" {
			t.Errorf("%+v", g)
		}
		var err error
		if run, err = Read(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	if g := run.Greetings(1).List; g != nil {
		t.Errorf("a flow without greetings has %+v", g)
	}
}

// greeted is a run, without any figures, whose relay has these.
func greeted(list ...tally.Greeting) *Run {
	r := newRun(testHeader(twoFlows(1)))
	for _, g := range list {
		r.greetings[0].Add(g)
	}
	return r
}

func TestGreetingsMerge(t *testing.T) {
	a, b := greeted(tally.Greeting{Banner: "a"}), greeted(tally.Greeting{Banner: "b"}, tally.Greeting{Banner: "a"})
	sum, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if g := sum.Greetings(0).List; len(g) != 2 {
		t.Errorf("%+v", g)
	}
}

// What became of sessions at each address is in the file, adds up over intervals,
// shards and generators, and is not of the warm-up.
func TestVisitsAreKept(t *testing.T) {
	run, file := collect(t, 2, nil)
	want := []tally.AddressCount{{Address: "127.0.0.1", Started: 8}, {Address: "127.0.0.2", Started: 4, Unreached: 4, Why: "refused: no"}}
	again, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	totals, err := ReadTotals(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Run{run, again, totals} {
		if got := r.Visits(0).Counts(); !slices.Equal(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
		if len(r.Visits(1)) > 0 {
			t.Errorf("of another flow: %+v", r.Visits(1))
		}
	}
	for _, bad := range []string{
		`{"type":"address","flow":"nobody","address":"127.0.0.1","started":1}`, `{"type":"address","flow":"closed","address":"mx","started":1}`,
		`{"type":"address","flow":"closed","started":-1}`, `{"type":"address","flow":"closed","started":"many"}`,
	} {
		header, rest, _ := bytes.Cut(file, []byte("\n"))
		if _, err := Read(io.MultiReader(bytes.NewReader(header), strings.NewReader("\n"+bad+"\n"), bytes.NewReader(rest))); err == nil {
			t.Errorf("taken from a file: %s", bad)
		}
	}
	other := *again
	other.identities = []string{"other"}
	sum, err := Merge(again, &other)
	if err != nil {
		t.Fatal(err)
	}
	if got := sum.Visits(0).Counts(); got[0].Started != 16 || got[1].Unreached != 8 {
		t.Errorf("merged: %+v", got)
	}
}
