package compare

import (
	"fmt"
	"slices"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestServersThatDiffer(t *testing.T) {
	many := func(host string) (list []tally.Greeting) {
		for i := range tally.MaxGreetings + 1 {
			list = append(list, tally.Greeting{Banner: fmt.Sprintf("%s%d.example.test ESMTP", host, i), Clear: []string{"SIZE 1"}})
		}
		return list
	}
	postfix := tally.Greeting{Banner: "mx.example.test ESMTP Postfix", Clear: []string{"SIZE 1", "PIPELINING"}, Secure: []string{"AUTH PLAIN"}}
	for name, c := range map[string]struct {
		base, other []tally.Greeting
		want        []string
	}{
		"the same":        {[]tally.Greeting{postfix}, []tally.Greeting{postfix}, nil},
		"neither known":   {nil, nil, nil},
		"of an old file":  {nil, []tally.Greeting{postfix}, []string{"relay banner differs: unknown on the base side, mx.example.test ESMTP Postfix on the new"}},
		"another time":    {[]tally.Greeting{{Banner: "mx Exim Tue, 24 Nov 2026 14:46:33 +0000"}}, []tally.Greeting{{Banner: "mx Exim Wed, 25 Nov 2026 09:01:02 +0000"}}, nil},
		"another version": {[]tally.Greeting{{Banner: "mx Exim 4.96"}}, []tally.Greeting{{Banner: "mx Exim 4.98"}}, []string{"relay banner differs: mx Exim 4.96 on the base side, mx Exim 4.98 on the new"}},
		"another order": {
			[]tally.Greeting{postfix}, []tally.Greeting{{Banner: postfix.Banner, Clear: []string{"PIPELINING", "SIZE 1"}, Secure: postfix.Secure}}, nil,
		},
		"another offer": {
			[]tally.Greeting{postfix}, []tally.Greeting{{Banner: postfix.Banner, Clear: []string{"SIZE 2", "PIPELINING"}, Secure: []string{"AUTH PLAIN", "CHUNKING"}}},
			[]string{"relay EHLO differs: SIZE 1 on the base side only; SIZE 2 on the new side only", "relay EHLO under TLS differs: CHUNKING on the new side only"},
		},
		"no TLS on a side": {[]tally.Greeting{postfix}, []tally.Greeting{{Banner: postfix.Banner, Clear: postfix.Clear}}, nil},
		"two servers":      {[]tally.Greeting{{Banner: "a"}, {Banner: "b"}}, []tally.Greeting{{Banner: "b"}}, []string{"relay banner differs: a, b on the base side, b on the new"}},
		"many servers":     {many("a"), many("b"), nil},
	} {
		side := func(list []tally.Greeting) flowSide {
			r := madeup.Quiet().ReadAnew(t)
			for _, g := range list {
				r.Greetings(0).Add(g)
			}
			return flowSide{[]*record.Run{r}, "relay"}
		}
		list := serverSurroundings("relay ", side(c.base), side(c.other))
		if got := warnings(list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Of two flows of a run, the servers are what can differ.
func TestServersOfTwoFlows(t *testing.T) {
	r := madeup.Quiet().ReadAnew(t)
	r.Greetings(0).Add(tally.Greeting{Banner: "one ESMTP"})
	r.Greetings(1).Add(tally.Greeting{Banner: "two ESMTP"})
	c, err := CompareFlows([]*record.Run{r}, "relay", "submit", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"banner differs: one ESMTP on the base side, two ESMTP on the new"}; !slices.Equal(c.Warnings, want) {
		t.Errorf("%q, want %q", c.Warnings, want)
	}
}
