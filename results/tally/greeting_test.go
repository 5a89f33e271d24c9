package tally

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

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

// Another certificate, cipher or name is another greeting, and a file may not have more
// of it than a server's would have left.
func TestSecurityIsPartOfAGreeting(t *testing.T) {
	made := func(change func(*sample.Greeting)) Greeting {
		g := sample.Greeting{Banner: "mx", EHLO: "localhost", Name: "mx.example.test", TLS: &sample.Security{
			Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", Group: "X25519",
			Certificate: sample.Certificate{Subject: "mx.example.test", Names: []string{"mx.example.test"}, Issuer: "R3", NotAfter: time.Unix(1, 0)},
		}}
		if change != nil {
			change(&g)
		}
		return NewGreeting(netip.Addr{}, &g)
	}
	var all Greetings
	changes := []func(*sample.Greeting){
		nil,
		func(g *sample.Greeting) { g.Name = "mx2" },
		func(g *sample.Greeting) { g.TLS = nil },
		func(g *sample.Greeting) { g.TLS.Cipher = "TLS_AES_256_GCM_SHA384" },
		func(g *sample.Greeting) { g.TLS.Group = "P-256" },
		func(g *sample.Greeting) { g.TLS.Certificate.NotAfter = time.Unix(2, 0) },
		func(g *sample.Greeting) { g.TLS.Certificate.Names = nil },
		func(g *sample.Greeting) { g.TLS.Certificate = sample.Certificate{} },
	}
	for i, change := range changes {
		if g := made(change); !all.Add(g) || all.Add(made(change)) || g.Check() != nil {
			t.Errorf("greeting %d is not news, or is so twice: %+v", i, g)
		}
	}
	long, many := strings.Repeat("x", maxOffer+1), make([]string, sample.MaxNames+1)
	for _, bad := range []Greeting{
		{EHLO: long}, {Name: long}, {TLS: &Security{Version: long}}, {TLS: &Security{Cipher: long}}, {TLS: &Security{Group: long}},
		{TLS: &Security{Certificate: &Certificate{Subject: long}}}, {TLS: &Security{Certificate: &Certificate{Issuer: long}}},
		{TLS: &Security{Certificate: &Certificate{Names: many}}}, {TLS: &Security{Certificate: &Certificate{Names: []string{long}}}},
	} {
		if bad.Check() == nil {
			t.Errorf("taken from a file: %.200v", bad)
		}
	}
}
