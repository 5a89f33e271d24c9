package tally

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

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
	g := NewGreeting(netip.Addr{}, &sample.Greeting{Clear: slices.Repeat([]string{"X"}, 128)})
	if len(g.Clear) != maxOffers || g.Clear[maxOffers-1] != "…" || g.Check() != nil {
		t.Errorf("%d lines, the last %q", len(g.Clear), g.Clear[maxOffers-1])
	}
	for _, bad := range []Greeting{{Banner: strings.Repeat("x", maxOffer+1)}, {Address: strings.Repeat("x", maxOffer+1)}, {Secure: make([]string, maxOffers+1)}, {Clear: []string{strings.Repeat("x", maxOffer+1)}}} {
		if bad.Check() == nil {
			t.Errorf("taken from a file: %d octets of banner, %d and %d lines", len(bad.Banner), len(bad.Clear), len(bad.Secure))
		}
	}
}
