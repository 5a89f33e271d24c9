package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPatternAppend(t *testing.T) {
	table := &Table{Columns: []string{"name", "box"}, Rows: [][]string{{"ann", "ann@a.test"}, {"bob", "bob@b.test"}}}
	for _, tc := range []struct{ pattern, want string }{
		{"bench@example.test", "bench@example.test"},
		{"s{seq}@example.org", "s41@example.org"},
		{"{seq}.{seq}@example.org", "41.41@example.org"},
		{"u{7..7}@example.test", "u7@example.test"},
		{"u{0007..7}@example.test", "u0007@example.test"},
		{"u{00..0}@example.test", "u00@example.test"},
		{"u{0042..42}@host{seq}.example.test", "u0042@host41.example.test"},
		{"{name}@example.test", "bob@example.test"},
		{"{box}", "bob@b.test"},
		{`"a {seq}@b.test"@[192.0.2.1]`, `"a 41@b.test"@[192.0.2.1]`},
		{"grüße{seq}@bücher.example", "grüße41@bücher.example"},
	} {
		p, err := ParsePattern(tc.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		b, err := p.bind(table)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := string(b.append(nil, 1, 41, 0, table.Rows[1])); got != tc.want {
			t.Errorf("%s gives %s, want %s", tc.pattern, got, tc.want)
		}
	}
}

func TestPatternPicksEvenly(t *testing.T) {
	p, err := ParsePattern("{1..10}@example.test")
	if err != nil {
		t.Fatal(err)
	}
	const draws = 10_000
	counts := map[string]int{}
	for seq := range uint64(draws / 2) {
		for recipient := range uint64(2) {
			addr := string(p.append(nil, 9, seq, recipient, nil))
			if again := string(p.append(nil, 9, seq, recipient, nil)); again != addr {
				t.Fatalf("message %d, recipient %d: %s and then %s", seq, recipient, addr, again)
			}
			counts[addr]++
		}
	}
	chi := 0.0
	for i := 1; i <= 10; i++ {
		d := float64(counts[fmt.Sprintf("%d@example.test", i)]) - draws/10
		chi += d * d / (draws / 10)
	}
	if len(counts) != 10 || chi > 21.67 { // 9 degrees of freedom, 1 %
		t.Errorf("picks are not even: %v", counts)
	}
}

func TestPatternPicksAreIndependent(t *testing.T) {
	p, err := ParsePattern("{1..1000000}.{1..1000000}@example.test")
	if err != nil {
		t.Fatal(err)
	}
	addr := func(seed, seq, recipient uint64) string { return string(p.append(nil, seed, seq, recipient, nil)) }
	base := addr(1, 1, 0)
	for _, other := range []string{addr(2, 1, 0), addr(1, 2, 0), addr(1, 1, 1)} {
		if other == base {
			t.Errorf("%s again, though the seed, the message or the recipient is another", other)
		}
	}
	if a, b, _ := strings.Cut(strings.TrimSuffix(base, "@example.test"), "."); a == b {
		t.Errorf("both parts of %s are the same", base)
	}
}

func TestPatternRange64(t *testing.T) {
	p, err := ParsePattern("{0..18446744073709551615}@example.test")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := p.append(nil, 1, 1, 0, nil), p.append(nil, 1, 2, 0, nil); string(a) == string(b) {
		t.Errorf("%s twice", a)
	}
}

func TestParsePatternFaults(t *testing.T) {
	for _, tc := range []struct {
		pattern string
		column  int
		reason  string
	}{
		{"", 0, "has no @"},
		{"bench", 0, "has no @"},
		{"u{seq@example.test", 2, "not closed"},
		{"u{{seq}}@example.test", 2, "not closed"},
		{"useq}@example.test", 5, "without an opening one"},
		{"ü{}@example.test", 2, "empty braces"},
		{"u{1..}@example.test", 2, "no range"},
		{"u{a..b}@example.test", 2, "no range"},
		{"u{-1..5}@example.test", 2, "no range"},
		{"u{5..1}@example.test", 2, "{1..5} would be right"},
		{"u@example{1..3}", 0, "nothing fixed after it"},
		{"u@[127.0.0.{1..9}]", 0, "nothing fixed after it"},
		{"u%b{1..9}@example.test", 0, "nothing fixed after it"},
		{`"u@{seq}"@example.test`, 0, "nothing fixed after it"},
		{"@a.test,@b.test:u@c.test", 0, "must be quoted"},
		{"a..b@example.test", 0, "a dot too many"},
		{".a@example.test", 0, "a dot too many"},
		{"@example.test", 0, "local part that is empty"},
		{"a b@example.test", 0, "quoted"},
		{"<a@example.test>", 0, "quoted"},
		{"a@b@example.test", 0, "quoted"},
		{"a@example.test\r\nRCPT TO:<b", 0, "in its domain"},
		{"\"a\r\n\"@example.test", 0, "cannot be quoted"},
		{`"a@example.test`, 0, "does not end with one"},
		{`"a"b@example.test`, 0, "does not end with one"},
		{`"a\"@example.test`, 0, "does not end with one"},
		{"a@", 0, "domain that is empty"},
		{"a@example..test", 0, "a dot too many"},
		{"a@-example.test", 0, "hyphen"},
		{"a@-ü.test", 0, "no international domain name"},
		{"a@\u0301x.test", 0, "no international domain name"},
		{"a@" + strings.Repeat("ü", 60) + ".test", 0, "63"},
		{"a@" + strings.Repeat("üabcdefghijk.", 16) + "test", 0, "as xn--"},
		{"postmaster{seq}", 0, "has no @"},
		{"a@exa_mple.test", 0, "in its domain"},
		{"a@[192.0.2]", 0, "[192.0.2.1]"},
		{"a@[2001:db8::1]", 0, "[192.0.2.1]"},
		{"a@[IPv6:192.0.2.1]", 0, "[192.0.2.1]"},
		{"a@[IPv6:fe80::1%eth0]", 0, "[192.0.2.1]"},
		{"a\xff@example.test", 0, "not UTF-8"},
		{strings.Repeat("a", 45) + "{seq}@example.test", 0, "64 are allowed"},
		{strings.Repeat("{seq}", 300), 0, "1024 are allowed"},
		{"a@" + strings.Repeat("a", 64) + ".test", 0, "63"},
		{"a@" + strings.Repeat("abcdefg.", 32) + "test", 0, "allowed"},
	} {
		_, err := ParsePattern(tc.pattern)
		var fault *PatternError
		if !errors.As(err, &fault) || fault.Column != tc.column || !strings.Contains(fault.Reason, tc.reason) {
			t.Errorf("%q: %v; want character %d and %q", tc.pattern, err, tc.column, tc.reason)
		}
	}
}

func TestDomains(t *testing.T) {
	table := &Table{
		Columns: []string{"box", "host", "bad"},
		Rows:    [][]string{{"ann@b.test", "one", "x"}, {"bob@a.test", "two", "x@y.test"}, {"bo@a.test", "one", "x@y.test"}},
	}
	for _, tc := range []struct {
		pattern string
		want    []string
		fault   string
	}{
		{"u{seq}@example.test", []string{"example.test"}, ""},
		{`"u {seq}"@example.test`, []string{"example.test"}, ""},

		// Servers that route by local parts read them so.
		{"u%b.test@a.test", []string{"a.test", "b.test"}, ""},
		{"u%c.test%b.test@a.test", []string{"a.test", "b.test", "c.test"}, ""},
		{"b.test!c.test!u@a.test", []string{"a.test", "b.test", "c.test"}, ""},
		{"b!u%c@a.test", []string{"a.test", "b", "c"}, ""},
		{`"u@b.test"@a.test`, []string{"a.test", "b.test"}, ""},
		{`"u\@b\.test"@a.test`, []string{"a.test", "b.test"}, ""},
		{`"u%b.test"@a.test`, []string{"a.test", "b.test"}, ""},
		{`"b.test!u"@a.test`, []string{"a.test", "b.test"}, ""},
		{`"u @ b.test"@a.test`, []string{"a.test", "b.test"}, ""},
		{`"@b.test,@c.test:u@d.test"@a.test`, []string{"a.test", "b.test", "c.test", "d.test"}, ""},
		{"u%b{1..9}.x.test@a.test", []string{".x.test", "a.test"}, ""},
		{"u{1..9}%b.test@a{1..9}.y.test", []string{".y.test", "b.test"}, ""},
		{"u%{host}.test@a.test", []string{"a.test", "one.test", "two.test"}, ""},
		{"u%@a.test", []string{"a.test"}, ""},
		{"u+tag=b.test@a.test", []string{"a.test"}, ""},
		{"u@[IPv6:2001:db8::1]", []string{"[IPv6:2001:db8::1]"}, ""},
		{"u@host{1..9}.a.test", []string{".a.test"}, ""},
		{"u@host{1..9}.ü.test", []string{".ü.test"}, ""},
		{"PostMaster", []string{""}, ""},
		{"{box}", []string{"a.test", "b.test"}, ""},
		{"u@{host}.test", []string{"one.test", "two.test"}, ""},
		{"u@{host}{1..9}.x.test", []string{".x.test"}, ""},
		{"u@{host}{1..9}", nil, "nothing fixed"},
		{"{bad}", nil, `in row 1 of the table "x" has no @`},
		{"u@{nix}", nil, "character 3: {nix} is neither {seq} nor a range such as {1..5000}, nor one of the table's columns: box, host, bad"},
	} {
		p, err := ParsePattern(tc.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := p.Domains(table)
		if !slices.Equal(got, tc.want) || (err == nil) != (tc.fault == "") || err != nil && !strings.Contains(err.Error(), tc.fault) {
			t.Errorf("%s: %q, %v; want %q, %q", tc.pattern, got, err, tc.want, tc.fault)
		}
	}
}

func TestDomainsWithoutTable(t *testing.T) {
	p, err := ParsePattern("u{sq}@example.test")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []*Table{nil, {Columns: []string{"sq"}}} {
		if _, err := p.Domains(table); err == nil || !strings.Contains(err.Error(), "no table") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := p.Domains(&Table{Columns: []string{"a", "sq"}, Rows: [][]string{{"x"}}}); err == nil || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("a row that is short: %v", err)
	}
}

func FuzzParsePattern(f *testing.F) {
	for _, s := range []string{"u{seq}@example.test", "{1..5000}@h{01..99}.test", "{email}", `"\"{seq}"@[IPv6:::1]`, "{", "}", "a{}@b", "ü@ö.test", "a{1..9}%b{1..9}.c!d@e.test", `"@a,@b:c@d\e"@f.test`} {
		f.Add(s, uint64(1), uint64(1<<63))
	}
	f.Fuzz(func(t *testing.T, s string, seed, seq uint64) {
		p, err := ParsePattern(s)
		if err != nil || p.fromTable() {
			return
		}
		domains, err := p.Domains(nil)
		if err != nil || len(domains) == 0 {
			t.Fatalf("%q: domains %q, %v", s, domains, err)
		}
		addr := string(p.append(nil, seed, seq, 3, nil))
		if err := checkAddress(addr); err != nil {
			t.Errorf("%q makes an address that %v", s, err)
		}
		if !slices.ContainsFunc(domains, func(d string) bool { return strings.HasSuffix(addr, d) }) {
			t.Errorf("%q makes %q, not within %q", s, addr, domains)
		}
		if !slices.ContainsFunc(destinations(addr), func(d span) bool { return d.to == len(addr) }) {
			t.Errorf("%q makes %q, whose own domain is not looked at", s, addr)
		}
		for _, d := range destinations(addr) {
			name := strings.TrimSpace(strings.ReplaceAll(addr[d.from:d.to], `\`, ""))
			if !slices.ContainsFunc(domains, func(known string) bool {
				return name == known || known != "" && known[0] == '.' && strings.HasSuffix(name, known)
			}) {
				t.Errorf("%q makes %q, which goes to %q, not within %q", s, addr, name, domains)
			}
		}
		if strings.ContainsAny(addr, "\r\n\x00") {
			t.Errorf("%q makes %q", s, addr)
		}
	})
}
