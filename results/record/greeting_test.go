package record

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// What three seconds on two shards heard is one line of the file, and in the
// figures.
func TestGreetingIsKeptOnce(t *testing.T) {
	run, file := collect(t, 2, nil)
	want := `{"type":"greeting","flow":"closed","address":"127.0.0.1","banner":"mx.example.test ESMTP","offers":["PIPELINING","SIZE 1000"]}`
	if n := bytes.Count(file, []byte(want)); n != 1 || bytes.Count(file, []byte(greetingType)) != 1 {
		t.Errorf("%d lines as wanted in\n%s", n, file)
	}
	for range 2 {
		if g := run.Heard(0).List; len(g) != 1 || g[0].Banner != "mx.example.test ESMTP" || g[0].Address != "127.0.0.1" {
			t.Errorf("%+v", g)
		}
		var err error
		if run, err = Read(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	if g := run.Heard(1).List; g != nil {
		t.Errorf("a flow that heard none has %+v", g)
	}
}

func TestGreetingsAreBounded(t *testing.T) {
	var all Greetings
	for i := range 10 {
		news := all.Add(Greeting{Banner: fmt.Sprintf("mx%d.example.test", i)})
		if news != (i <= MaxGreetings) {
			t.Errorf("greeting %d: news %v", i, news)
		}
	}
	if len(all.List) != MaxGreetings || !all.More {
		t.Errorf("%+v", all)
	}
	g := newGreeting(netip.Addr{}, &sample.Greeting{Clear: slices.Repeat([]string{"X"}, 128)})
	if len(g.Clear) != maxOffers || g.Clear[maxOffers-1] != "…" || g.check() != nil {
		t.Errorf("%d lines, the last %q", len(g.Clear), g.Clear[maxOffers-1])
	}
	for _, bad := range []Greeting{{Banner: strings.Repeat("x", maxOffer+1)}, {Address: strings.Repeat("x", maxOffer+1)}, {Secure: make([]string, maxOffers+1)}, {Clear: []string{strings.Repeat("x", maxOffer+1)}}} {
		if bad.check() == nil {
			t.Errorf("taken from a file: %d octets of banner, %d and %d lines", len(bad.Banner), len(bad.Clear), len(bad.Secure))
		}
	}
}

// greeted is a run, without any figures, whose relay heard these.
func greeted(list ...Greeting) *Run {
	r := newRun(testHeader(twoFlows(1)))
	for _, g := range list {
		r.greetings[0].Add(g)
	}
	return r
}

func TestGreetingsMerge(t *testing.T) {
	a, b := greeted(Greeting{Banner: "a"}), greeted(Greeting{Banner: "b"}, Greeting{Banner: "a"})
	sum, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if g := sum.Heard(0).List; len(g) != 2 {
		t.Errorf("%+v", g)
	}
}
