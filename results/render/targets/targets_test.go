package targets

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/reached"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func linesOf(targets ...*figures.Target) []string {
	return Lines(func(yield func(string, *figures.Target) bool) {
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
		g := madeup.Postfix("127.0.0.1", banner, true)
		change(&g)
		return g
	}
	for _, test := range []struct {
		name    string
		targets []*figures.Target
		want    []string
	}{
		{"one", []*figures.Target{reached.Target("127.0.0.1", 587, madeup.Postfix("127.0.0.1", banner, true))}, []string{
			"127.0.0.1:587 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 · certificate mail.example.test until 2027-02-22",
		}},
		{"a name", []*figures.Target{reached.Target("mx.test", 25, madeup.Postfix("192.0.2.1", banner, false))}, []string{
			"mx.test:25 at 192.0.2.1 · 220 mail.example.test ESMTP Postfix",
		}},
		{"a socket", []*figures.Target{reached.Target("/run/lmtp", 0, madeup.Postfix("", banner, false))}, []string{
			"/run/lmtp · 220 mail.example.test ESMTP Postfix",
		}},
		{"four ports", []*figures.Target{
			reached.Target("::1", 25, madeup.Postfix("::1", banner, false)), reached.Target("::1", 465, madeup.Postfix("::1", banner, true)),
			reached.Target("::1", 587, madeup.Postfix("::1", banner, true)), reached.Target("::1", 2525, madeup.Postfix("::1", banner, true)),
		}, []string{
			"[::1]:25, 465, 587, 2525 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 (465, 587, 2525) · certificate mail.example.test until 2027-02-22",
		}},
		{"two addresses of one server", []*figures.Target{reached.Target("mx.test", 25, madeup.Postfix("192.0.2.1", banner+" (1)", false), madeup.Postfix("192.0.2.2", banner+" (1)", false))}, []string{
			"mx.test:25 at 192.0.2.1, 192.0.2.2 · 220 mail.example.test ESMTP Postfix (1)",
		}},
		{"two servers of one name", []*figures.Target{reached.Target("mx.test", 25, madeup.Postfix("192.0.2.1", "mx1 ESMTP", false), madeup.Postfix("192.0.2.2", "mx2 ESMTP", false))}, []string{
			"mx.test:25 at 192.0.2.1 · 220 mx1 ESMTP",
			"mx.test:25 at 192.0.2.2 · 220 mx2 ESMTP",
		}},
		{"a clock in the banner", []*figures.Target{
			reached.Target("127.0.0.1", 25, madeup.Postfix("127.0.0.1", "mx Exim Tue, 24 Nov 2026 14:46:33 +0000", false)),
			reached.Target("127.0.0.1", 26, madeup.Postfix("127.0.0.1", "mx Exim Tue, 24 Nov 2026 14:46:34 +0000", false)),
		}, []string{"127.0.0.1:25, 26 · 220 mx Exim Tue, 24 Nov 2026 14:46:33 +0000"}},
		{"another name in EHLO", []*figures.Target{reached.Target("127.0.0.1", 25, changed(func(g *tally.Greeting) { g.Name, g.TLS = "inside.example.test", nil }))}, []string{
			"127.0.0.1:25 · 220 mail.example.test ESMTP Postfix · EHLO inside.example.test",
		}},
		{"no name in EHLO", []*figures.Target{reached.Target("127.0.0.1", 25, changed(func(g *tally.Greeting) { g.Name, g.TLS = "Hello", nil }))}, []string{
			"127.0.0.1:25 · 220 mail.example.test ESMTP Postfix",
		}},
		{"an expired certificate", []*figures.Target{reached.Target("127.0.0.1", 465, changed(func(g *tally.Greeting) { g.TLS.Certificate.NotAfter = samples.Epoch.AddDate(0, 0, -1) }))}, []string{
			"127.0.0.1:465 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 · certificate mail.example.test EXPIRED on 2026-11-21",
		}},
		{"TLS 1.2 beside 1.3, one certificate", []*figures.Target{
			reached.Target("127.0.0.1", 465, madeup.Postfix("127.0.0.1", banner, true)),
			reached.Target("127.0.0.1", 587, changed(func(g *tally.Greeting) {
				g.TLS.Version, g.TLS.Cipher, g.TLS.Group = "1.2", "TLS_RSA_WITH_AES_256_GCM_SHA384", ""
			})),
		}, []string{
			"127.0.0.1:465, 587 · 220 mail.example.test ESMTP Postfix · TLS 1.3 AES-128-GCM, X25519 (465) · TLS 1.2 RSA AES-256-GCM (587) · certificate mail.example.test until 2027-02-22",
		}},
		{"nobody answered", []*figures.Target{reached.Target("mx.test", 25)}, []string{"mx.test:25"}},
		{"of an old file", []*figures.Target{reached.Target("", 25, tally.Greeting{Banner: "mx ESMTP"})}, []string{"port 25 · 220 mx ESMTP"}},
		{"nothing known", []*figures.Target{reached.Target("", 25)}, nil},
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
			g := madeup.Postfix(fmt.Sprintf("%d.%s", k, long), fmt.Sprintf("%d %s", i/50, long), true)
			g.Name, g.TLS.Cipher, g.TLS.Version, g.TLS.Group = long, fmt.Sprint(k, long), long, long
			g.TLS.Certificate.Subject = long
			list = append(list, g)
		}
		targets = append(targets, reached.Target(long, i+1, list...))
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
