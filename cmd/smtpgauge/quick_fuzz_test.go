package main

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A name on the command line is the same name in the plan, even if the text means
// something in YAML or in a scenario.
func FuzzQuickText(f *testing.F) {
	for _, text := range []string{
		"bench@example.test", "a$$b", "a$b", "${env:HOME}", "${x}", "$", "1_000", "0x1F", "1e3", "2026-11-21", "null", "~", "yes", "12:30:00", ".5", "- a", "a: b", "a #b", "'a'", `"a"`, `a\nb`, "*a", "&a", "!a",
		"ü", "\u202e", "\u0085", "\ufeff", "\U0001F600", "a b ", " a", "{a}", "%", "<<", "=", "0o17", "1__0", ".inf", "NaN",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return // no name, or none that a scenario takes
		}
		q := quickFlags{serverFlags: serverFlags{user: text}, tls: "none", sessions: numberflag.Whole{Value: 1}, duration: "1s", size: "4KiB", from: "a@example.test", to: "b@example.test"}
		if err := q.complete("127.0.0.1:2525"); err != nil {
			t.Fatal(err)
		}
		sc, err := scenarios.Parse("quick.yaml", []byte(q.scenario()), scenarios.LoadOptions{LookupEnv: lookupOr("secret")})
		if err != nil {
			t.Fatalf("%q: %v\n%s", text, err, q.scenario())
		}
		p := sc.Plan()
		if got := p.Flows[0].Session.Accounts[0].Username; got != text {
			t.Errorf("--user %q is %q\n%s", text, got, q.scenario())
		}
	})
}

func FuzzSplitTarget(f *testing.F) {
	for _, target := range []string{
		"localhost", "127.0.0.1:25", "[::1]:25", "[::1]", "::1", "a:b", ":25", "", "[", "[]", "[]:25", "a:0", "a:65536", "a:+25", "a:", "[a]:25", "1:2:3", "[fe80::1%eth0]:25", "a:25:25",
	} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		host, port, err := splitTarget(target)
		if err != nil {
			return
		}
		n, bad := strconv.ParseUint(port, 10, 16)
		if host == "" || port != "" && (bad != nil || n == 0) {
			t.Errorf("%q is host %q, port %q", target, host, port)
		}
		if port == "" {
			return
		}
		if h, p, err := splitTarget(net.JoinHostPort(host, port)); err != nil || h != host || p != port {
			t.Errorf("%q is host %q, port %q, and put together again %q, %q, %v", target, host, port, h, p, err)
		}
	})
}
