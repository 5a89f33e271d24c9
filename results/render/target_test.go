package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// postfix is how a server introduces itself, under TLS or not.
func postfix(address, banner string, secured bool) tally.Greeting {
	g := tally.Greeting{Address: address, Banner: banner, EHLO: "localhost"}
	g.Name, _, _ = strings.Cut(banner, " ")
	if secured {
		g.TLS = &tally.Security{Version: "1.3", Cipher: "TLS_AES_128_GCM_SHA256", Group: "X25519", Certificate: &tally.Certificate{
			Subject: "mail.example.test", Names: []string{"mail.example.test"}, Issuer: "R3", NotAfter: samples.Epoch.AddDate(0, 3, 0),
		}}
	}
	return g
}

// targetOf is what a flow loaded.
func targetOf(host string, port int, greetings ...tally.Greeting) *figures.Target {
	t := &figures.Target{Host: host, Port: port, Greetings: tally.Greetings{List: greetings}}
	if len(greetings) > 0 {
		t.Describe(&greetings[0])
	}
	return t
}

func linesOf(targets ...*figures.Target) []string {
	return targetLines(func(yield func(string, *figures.Target) bool) {
		for i, t := range targets {
			if !yield(fmt.Sprint(i), t) {
				return
			}
		}
	}, samples.Epoch)
}

func TestTargetLines(t *testing.T) {
	const banner = "mail.example.test ESMTP Postfix"
	changed := func(change func(*tally.Greeting)) tally.Greeting {
		g := postfix("127.0.0.1", banner, true)
		change(&g)
		return g
	}
	for _, test := range []struct {
		name    string
		targets []*figures.Target
		want    []string
	}{
		{"one", []*figures.Target{targetOf("127.0.0.1", 587, postfix("127.0.0.1", banner, true))}, []string{
			"127.0.0.1:587 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 · certificate mail.example.test until 2027-02-22",
		}},
		{"a name", []*figures.Target{targetOf("mx.test", 25, postfix("192.0.2.1", banner, false))}, []string{
			"mx.test:25 at 192.0.2.1 · 220 mail.example.test ESMTP Postfix",
		}},
		{"a socket", []*figures.Target{targetOf("/run/lmtp", 0, postfix("", banner, false))}, []string{
			"/run/lmtp · 220 mail.example.test ESMTP Postfix",
		}},
		{"four ports", []*figures.Target{
			targetOf("::1", 25, postfix("::1", banner, false)), targetOf("::1", 465, postfix("::1", banner, true)),
			targetOf("::1", 587, postfix("::1", banner, true)), targetOf("::1", 2525, postfix("::1", banner, true)),
		}, []string{
			"[::1]:25, 465, 587, 2525 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 (465, 587, 2525) · certificate mail.example.test until 2027-02-22",
		}},
		{"two addresses of one server", []*figures.Target{targetOf("mx.test", 25, postfix("192.0.2.1", banner+" (1)", false), postfix("192.0.2.2", banner+" (1)", false))}, []string{
			"mx.test:25 at 192.0.2.1, 192.0.2.2 · 220 mail.example.test ESMTP Postfix (1)",
		}},
		{"two servers of one name", []*figures.Target{targetOf("mx.test", 25, postfix("192.0.2.1", "mx1 ESMTP", false), postfix("192.0.2.2", "mx2 ESMTP", false))}, []string{
			"mx.test:25 at 192.0.2.1 · 220 mx1 ESMTP",
			"mx.test:25 at 192.0.2.2 · 220 mx2 ESMTP",
		}},
		{"a clock in the banner", []*figures.Target{
			targetOf("127.0.0.1", 25, postfix("127.0.0.1", "mx Exim Tue, 24 Nov 2026 14:46:33 +0000", false)),
			targetOf("127.0.0.1", 26, postfix("127.0.0.1", "mx Exim Tue, 24 Nov 2026 14:46:34 +0000", false)),
		}, []string{"127.0.0.1:25, 26 · 220 mx Exim Tue, 24 Nov 2026 14:46:33 +0000"}},
		{"another name in EHLO", []*figures.Target{targetOf("127.0.0.1", 25, changed(func(g *tally.Greeting) { g.Name, g.TLS = "inside.example.test", nil }))}, []string{
			"127.0.0.1:25 · 220 mail.example.test ESMTP Postfix · EHLO inside.example.test",
		}},
		{"no name in EHLO", []*figures.Target{targetOf("127.0.0.1", 25, changed(func(g *tally.Greeting) { g.Name, g.TLS = "Hello", nil }))}, []string{
			"127.0.0.1:25 · 220 mail.example.test ESMTP Postfix",
		}},
		{"an expired certificate", []*figures.Target{targetOf("127.0.0.1", 465, changed(func(g *tally.Greeting) { g.TLS.Certificate.NotAfter = samples.Epoch.AddDate(0, 0, -1) }))}, []string{
			"127.0.0.1:465 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 · certificate mail.example.test EXPIRED on 2026-11-21",
		}},
		{"TLS 1.2 beside 1.3, one certificate", []*figures.Target{
			targetOf("127.0.0.1", 465, postfix("127.0.0.1", banner, true)),
			targetOf("127.0.0.1", 587, changed(func(g *tally.Greeting) {
				g.TLS.Version, g.TLS.Cipher, g.TLS.Group = "1.2", "TLS_RSA_WITH_AES_256_GCM_SHA384", ""
			})),
		}, []string{
			"127.0.0.1:465, 587 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 (465) · TLS 1.2 RSA AES-256-GCM (587) · certificate mail.example.test until 2027-02-22",
		}},
		{"nobody answered", []*figures.Target{targetOf("mx.test", 25)}, []string{"mx.test:25"}},
		{"of an old file", []*figures.Target{targetOf("", 25, tally.Greeting{Banner: "mx ESMTP"})}, []string{"port 25 · 220 mx ESMTP"}},
		{"nothing known", []*figures.Target{targetOf("", 25)}, nil},
	} {
		if got := linesOf(test.targets...); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
}

func TestCipherText(t *testing.T) {
	for name, want := range map[string]string{
		"TLS_AES_128_GCM_SHA256":                        "AES-128-GCM",
		"TLS_CHACHA20_POLY1305_SHA256":                  "CHACHA20-POLY1305",
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA CHACHA20-POLY1305",
		"TLS_RSA_WITH_AES_128_CBC_SHA256":               "RSA AES-128-CBC-SHA256",
		"0xabcd":                                        "0xabcd",
	} {
		if got := cipherText(name); got != want {
			t.Errorf("%s becomes %q, want %q", name, got, want)
		}
	}
}

// Whatever servers say, and however many flows there are, the lines stay few and short.
func TestTargetLinesAreBounded(t *testing.T) {
	long := strings.Repeat("wide ", 200)
	var targets []*figures.Target
	for i := range 1000 {
		var list []tally.Greeting
		for k := range tally.MaxGreetings {
			g := postfix(fmt.Sprintf("%d.%s", k, long), fmt.Sprintf("%d %s", i/50, long), true)
			g.Name, g.TLS.Cipher, g.TLS.Version, g.TLS.Group = long, fmt.Sprint(k, long), long, long
			g.TLS.Certificate.Subject = long
			list = append(list, g)
		}
		targets = append(targets, targetOf(long, i+1, list...))
	}
	lines := linesOf(targets...)
	if len(lines) != maxTargets+1 || lines[maxTargets] != "and 14 servers more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	for _, l := range lines {
		if n := len(l); n > 1200 {
			t.Errorf("a line of %d octets: %s", n, l)
		}
	}
}

// A comparison names what each side loaded, once if it is the same.
func TestComparisonNamesTargets(t *testing.T) {
	made := func(host, banner string) *record.Run {
		p := &loadgen.Plan{Name: "one", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "flow", Target: loadgen.Target{Host: host, Port: 25}, Load: loadgen.Load{Sessions: 1}}}}
		return madeup.Stored(t, madeup.Header(p), p, func(r sample.Recorder) {
			s := sample.Series{Stage: sample.Steady}
			r.Greeting(s, netip.MustParseAddr("127.0.0.1"), &sample.Greeting{Banner: banner, Name: banner})
			r.Service(s, sample.SpanMessage, time.Millisecond)
			r.Message(s, sample.Accepted, sample.Steady, 1, 0)
			r.Window(s, samples.At(0), samples.At(time.Second))
			r.Tick(second(0))
		})
	}
	for _, test := range []struct {
		base, other *record.Run
		want        string
	}{
		{made("127.0.0.1", "mx"), made("127.0.0.1", "mx"), "one (1 round) → one (1 round)\n127.0.0.1:25 · 220 mx\n\n"},
		{made("127.0.0.1", "mx"), made("127.0.0.2", "mx"), "one (1 round) → one (1 round)\nbase: 127.0.0.1:25 · 220 mx\nnew: 127.0.0.2:25 · 220 mx\n\n"},
	} {
		c, err := compare.Compare([]*record.Run{test.base}, []*record.Run{test.other}, compare.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"table", "markdown", "junit", "html", "json"} {
			var b strings.Builder
			if err := Comparisons.Write(&b, format, c, Options{}); err != nil {
				t.Fatal(err)
			}
			switch {
			case format == "table" && !strings.Contains(b.String(), test.want):
				t.Errorf("want %q in\n%s", test.want, b.String())
			case !strings.Contains(b.String(), "127.0.0.1"):
				t.Errorf("%s does not name 127.0.0.1:\n%s", format, b.String())
			}
		}
	}
}

// Every format that has room for it names what was loaded.
func TestRunsNameTargets(t *testing.T) {
	run := showcase(t)
	for _, format := range []string{"table", "markdown", "junit", "html", "json"} {
		var b strings.Builder
		if err := Runs.Write(&b, format, []*record.Run{run}, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"mail.example.test", "ESMTP", "2027-02-22"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s does not have %s", format, want)
			}
		}
	}
}

// If sessions tried several addresses, a table says what became of them, and a note
// which took no connection.
func TestAddressesAreShown(t *testing.T) {
	p := &loadgen.Plan{Name: "one", Rounds: 1, Scenario: []byte(`{}`), Flows: []loadgen.Flow{{Name: "flow", Target: loadgen.Target{Host: "mx.test", Port: 25}, Load: loadgen.Load{Sessions: 1}}}}
	made := func(visits map[string]sample.Visits) string {
		run := madeup.Stored(t, madeup.Header(p), p, func(r sample.Recorder) {
			s := sample.Series{Stage: sample.Steady}
			for at, v := range visits {
				r.Visits(s, netip.MustParseAddr(at), v)
			}
			r.Tick(second(0))
		})
		var b strings.Builder
		if err := Runs.Write(&b, "table", []*record.Run{run}, Options{All: true}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	reached, dead := sample.Visits{Started: 1200, Failed: 3}, sample.Visits{Started: 4, Unreached: 4, Why: "refused: connection refused"}
	text := made(map[string]sample.Visits{"192.0.2.1": reached, "192.0.2.2": dead})
	for _, want := range []string{
		"\nmx.test:25 at 192.0.2.1\n",
		"\nAddresses\n",
		"\nflow  192.0.2.1     1,200          0       3\n",
		"\n      192.0.2.2         4          4       0  refused: connection refused\n",
		"1 of 2 of flow flow took no connection",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
	for _, unsaid := range []map[string]sample.Visits{{"192.0.2.1": reached}, {"192.0.2.2": dead}} {
		if text := made(unsaid); strings.Contains(text, "Addresses") || strings.Contains(text, "took no connection") {
			t.Errorf("of one address:\n%s", text)
		}
	}
	if text := made(map[string]sample.Visits{"192.0.2.1": dead, "192.0.2.2": dead}); !strings.Contains(text, "Addresses") || strings.Contains(text, "took no connection") {
		t.Errorf("if all are dead, a note of some:\n%s", text)
	}
}
