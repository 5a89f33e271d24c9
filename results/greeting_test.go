package results

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
		if g := run.Result().Flows["closed"].Greetings; len(g) != 1 || g[0].Banner != "mx.example.test ESMTP" || g[0].Address != "127.0.0.1" {
			t.Errorf("%+v", g)
		}
		var err error
		if run, err = Read(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	if g := run.Result().Flows["open"].Greetings; g != nil {
		t.Errorf("a flow that heard none has %+v", g)
	}
}

func TestGreetingsAreBounded(t *testing.T) {
	var all greetings
	for i := range 10 {
		news := all.hear(Greeting{Banner: fmt.Sprintf("mx%d.example.test", i)})
		if news != (i <= maxGreetings) {
			t.Errorf("greeting %d: news %v", i, news)
		}
	}
	if len(all.list) != maxGreetings || !all.more {
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
	r := newRun(testHeader(quiet().plan()))
	for _, g := range list {
		r.greetings[0].hear(g)
	}
	return r
}

func TestServersThatDiffer(t *testing.T) {
	many := func(host string) (list []Greeting) {
		for i := range maxGreetings + 1 {
			list = append(list, Greeting{Banner: fmt.Sprintf("%s%d.example.test ESMTP", host, i), Clear: []string{"SIZE 1"}})
		}
		return list
	}
	postfix := Greeting{Banner: "mx.example.test ESMTP Postfix", Clear: []string{"SIZE 1", "PIPELINING"}, Secure: []string{"AUTH PLAIN"}}
	for name, c := range map[string]struct {
		base, other []Greeting
		want        []string
	}{
		"the same":        {[]Greeting{postfix}, []Greeting{postfix}, nil},
		"neither known":   {nil, nil, nil},
		"of an old file":  {nil, []Greeting{postfix}, []string{"relay banner differs: unknown on the base side, mx.example.test ESMTP Postfix on the new"}},
		"another time":    {[]Greeting{{Banner: "mx Exim Tue, 24 Nov 2026 14:46:33 +0000"}}, []Greeting{{Banner: "mx Exim Wed, 25 Nov 2026 09:01:02 +0000"}}, nil},
		"another version": {[]Greeting{{Banner: "mx Exim 4.96"}}, []Greeting{{Banner: "mx Exim 4.98"}}, []string{"relay banner differs: mx Exim 4.96 on the base side, mx Exim 4.98 on the new"}},
		"another order": {
			[]Greeting{postfix}, []Greeting{{Banner: postfix.Banner, Clear: []string{"PIPELINING", "SIZE 1"}, Secure: postfix.Secure}}, nil,
		},
		"another offer": {
			[]Greeting{postfix}, []Greeting{{Banner: postfix.Banner, Clear: []string{"SIZE 2", "PIPELINING"}, Secure: []string{"AUTH PLAIN", "CHUNKING"}}},
			[]string{"relay EHLO differs: SIZE 1 on the base side only; SIZE 2 on the new side only", "relay EHLO under TLS differs: CHUNKING on the new side only"},
		},
		"no TLS on a side": {[]Greeting{postfix}, []Greeting{{Banner: postfix.Banner, Clear: postfix.Clear}}, nil},
		"two servers":      {[]Greeting{{Banner: "a"}, {Banner: "b"}}, []Greeting{{Banner: "b"}}, []string{"relay banner differs: a, b on the base side, b on the new"}},
		"many servers":     {many("a"), many("b"), nil},
	} {
		list := servers("relay ", flowSide{[]*Run{greeted(c.base...)}, "relay"}, flowSide{[]*Run{greeted(c.other...)}, "relay"})
		if got := warnings(list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Of two flows of a run, the servers are what can differ.
func TestServersOfTwoFlows(t *testing.T) {
	r := quiet().readAnew(t)
	r.greetings[0].hear(Greeting{Banner: "one ESMTP"})
	r.greetings[1].hear(Greeting{Banner: "two ESMTP"})
	c, err := CompareFlows([]*Run{r}, "relay", "submit", CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"banner differs: one ESMTP on the base side, two ESMTP on the new"}; !slices.Equal(c.Warnings, want) {
		t.Errorf("%q, want %q", c.Warnings, want)
	}
}

func TestGreetingsMerge(t *testing.T) {
	a, b := greeted(Greeting{Banner: "a"}), greeted(Greeting{Banner: "b"}, Greeting{Banner: "a"})
	sum, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if g := sum.Result().Flows["relay"].Greetings; len(g) != 2 {
		t.Errorf("%+v", g)
	}
}

// A terminal is not moved by what a server or a file says.
func TestGreetingIsEscaped(t *testing.T) {
	base, other := quiet().readAnew(t), quiet().readAnew(t)
	base.greetings[0].hear(Greeting{Banner: "mx \x1b[2J\u202e"})
	c, err := Compare([]*Run{base}, []*Run{other}, CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if text := table(t, c, Options{}); strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, `\x1b[2J\u202e`) {
		t.Error(text)
	}
}
