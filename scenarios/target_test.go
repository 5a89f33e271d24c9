package scenarios

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

func TestCheckTarget(t *testing.T) {
	find := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		names := map[string][]string{
			"inside.example.net":  {"10.1.2.3", "fd00::1"},
			"outside.example.net": {"203.0.113.5"},
			"mixed.example.net":   {"10.1.2.3", "203.0.113.5"},
			"mapped.example.net":  {"::ffff:192.168.1.1"},
			"mail.localhost":      {"203.0.113.6"},
		}
		if a, err := netip.ParseAddr(host); err == nil {
			return []netip.Addr{a}, nil
		}
		switch addrs, ok := names[strings.TrimSuffix(host, ".")]; {
		case ok:
			var all []netip.Addr
			for _, a := range addrs {
				all = append(all, netip.MustParseAddr(a))
			}
			return all, nil
		case host == "nosuch.example.net":
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	}
	for _, test := range []struct {
		host, may, want string
	}{
		{"127.0.0.1", "", ""}, {"127.9.9.9", "", ""}, {"::1", "", ""}, {"10.0.0.1", "", ""}, {"172.16.0.1", "", ""},
		{"192.168.0.1", "", ""}, {"169.254.1.1", "", ""}, {"fe80::1%eth0", "", ""}, {"fd12::1", "", ""}, {"sink", "", ""},
		{"mail.localhost", "", "mail.localhost (203.0.113.6) is neither"}, // whatever address a resolver has for it
		{"inside.example.net", "", ""},
		{"mapped.example.net", "", ""}, {"nosuch.example.net", "", ""},
		{"8.8.8.8", "", "8.8.8.8 is neither loopback nor private"},
		{"172.32.0.1", "", "neither"}, {"100.64.0.1", "", "neither"}, {"2001:db8::1", "", "neither"},
		{"outside.example.net", "", "outside.example.net (203.0.113.5) is neither"},
		{"mixed.example.net", "", "mixed.example.net (203.0.113.5) is neither"},
		{"unsure.example.net", "", "cannot tell"},
		{"8.8.8.8", "8.8.8.8", ""}, {"8.8.8.8", "8.8.4.4", "neither"}, {"2001:db8::1", "[2001:db8::1]", ""},
		{"outside.example.net", "Outside.Example.Net", ""}, {"outside.example.net", "example.net", "neither"},
		{"2001:db8::1", "2001:0DB8:0::1", ""}, {"outside.example.net.", "outside.example.net", ""},
		{"outside.example.net", "outside.example.net.", ""},
		{"outside.example.net", "203.0.113.5", "neither"}, // as the scenario names it
	} {
		p := &loadgen.Plan{MayLoad: []string{test.may}, Flows: []loadgen.Flow{{Target: loadgen.Target{Network: "tcp", Host: test.host}}}}
		err := new(Scenario).checkTargets(t.Context(), p, find)
		if test.want == "" && err != nil {
			t.Errorf("%s, may %q: %v", test.host, test.may, err)
		}
		if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s, may %q: want %q in %v", test.host, test.may, test.want, err)
		}
	}
}

// A source address that is not of this machine is a fault at its position. It is
// found before anything runs, but not while the scenario is read.
func TestSourcesAreThisMachines(t *testing.T) {
	for _, test := range []struct{ target, want string }{
		{"{host: 127.0.0.1, source: [127.0.0.2, 127.0.0.3]}", ""},
		{"{host: 127.0.0.1, source: [127.0.0.2, 192.0.2.9]}", "f.yaml:2:47: 192.0.2.9 is no address of this machine"},
		{"{host: 'fe80::1%lo', source: ['fe80::2%nosuch']}", "f.yaml:2:39: fe80::2%nosuch: this machine has no interface nosuch"},
		{"{host: mail.example.test, source: ['::1']}", "f.yaml:2:44: mail.example.test has no address of the family that the source addresses have"},
		{"{host: mail.example.test, source: [127.0.0.2, '::1']}", ""},
	} {
		sc, err := Parse("f.yaml", []byte("name: s\ntarget: "+test.target+"\nflows: {f: {port: 25, load: {sessions: 1, messages: 1}}}\n"), LoadOptions{})
		if err != nil {
			t.Errorf("%s: reading it fails: %v", test.target, err)
			continue
		}
		p := sc.Plan()
		if err = sc.checkSources(p); err == nil {
			err = sc.checkTargets(t.Context(), p, func(context.Context, string, string) ([]netip.Addr, error) {
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			})
		}
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: want %q in %v", test.target, test.want, err)
		}
		if faults := (tree.Faults)(nil); err != nil && !errors.As(err, &faults) {
			t.Errorf("%s: %v is no fault", test.target, err)
		}
	}
}

// Every plan of a scenario knows what it may load: several runs have a plan each.
func TestPlansKeepWhatMayBeLoaded(t *testing.T) {
	sc, err := Parse("f.yaml", []byte(base), LoadOptions{MayLoad: []string{"192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if p := sc.Plan(); len(p.MayLoad) != 1 || p.MayLoad[0] != "192.0.2.1" {
			t.Fatalf("%v, %v", p.MayLoad, err)
		}
	}
}

func TestCheckTargetLooksAtEveryFlow(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{
		{Target: loadgen.Target{Network: "unix", Host: "/run/lmtp"}},
		{Target: loadgen.Target{Network: "tcp", Host: "8.8.8.8"}},
		{Target: loadgen.Target{Network: "tcp", Host: "9.9.9.9"}},
		{Target: loadgen.Target{Network: "tcp", Host: "8.8.8.8"}},
	}}
	err := new(Scenario).CheckTarget(t.Context(), p)
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 2 {
		t.Errorf("want each host once: %v", err)
	}
	p.MayLoad = []string{"8.8.8.8", "9.9.9.9"}
	if err := new(Scenario).CheckTarget(t.Context(), p); err != nil {
		t.Error(err)
	}
}

// An address has to be written in full, so that its check is about what the user
// means.
func TestHostsAreNamesOrAddressesInFull(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "", "::1": "", "[::1]": "", "fe80::1%eth0": "", "mail.example.test": "", "mx1": "", "4you.example.test": "", "0xfeed.example.test": "",
		"127.1": "in full", "2130706433": "in full", "0x7f.1": "in full", "0x7f000001": "in full", "0177.0.0.1": "in full",
		"8.8.8.8.": "in full", "127.0.0.1.": "in full", "mail.example.0x1": "in full",
		"fe80::1": "needs the interface", "0.0.0.0": "not the address of a single host", "::": "not the address of a single host", "224.0.0.1": "not the address of a single host", "ff02::1%eth0": "not the address of a single host",
	} {
		_, err := Parse("f.yaml", []byte(base), testOptions("target.host='"+host+"'"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: want %q in %v", host, want, err)
		}
	}
}

// A source address that can reach no target is a fault at its position.
func TestSourcesAreOfTheTargetsFamily(t *testing.T) {
	for _, test := range []struct{ target, want string }{
		{"{host: 127.0.0.1, source: [127.0.0.2]}", ""},
		{"{host: '::1', source: ['::1']}", ""},
		{"{host: mail.example.test, source: ['::1', 127.0.0.2]}", ""},
		{"{host: 127.0.0.1, source: [127.0.0.2, '::1']}", "f.yaml:2:47: the address is not of the target's family"},
		{"{host: '::1', source: [127.0.0.2]}", "f.yaml:2:32: the address is not of the target's family"},
		{"{host: mail.example.test, family: ipv4, source: ['::1']}", "f.yaml:2:58: the address is not of the target's family"},
		{"{host: 127.0.0.1, family: ipv6}", "f.yaml:2:16: the address is not of the target's family"},
		{"{host: 'fe80::2%eth0', source: ['fe80::1']}", "f.yaml:2:41: source: want an IP address, found \"fe80::1\": a link-local address needs the interface"},
	} {
		_, err := Parse("f.yaml", []byte("name: s\ntarget: "+test.target+"\nflows: {f: {port: 25, load: {sessions: 1, messages: 1}}}\n"), LoadOptions{})
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: want %q in %v", test.target, test.want, err)
		}
	}
}

func TestDomains(t *testing.T) {
	for address, allowed := range map[string]bool{
		"a@example.test": true, "a@b.c.example": true, "a@x.invalid": true, "a@localhost": true, "a@example.com": true,
		"a@mx.example.org": true, "a@EXAMPLE.NET": true, "a@[127.0.0.1]": true, "a@[IPv6:::1]": true, "a@host{1..9}.example.test": true,
		"a@corp.se": true, "a@mx.lab.se": true, "a@deep.mx.lab.se": true, "a@h{1..9}.lab.se": true,
		"postmaster": true, "Postmaster": true,
		"a@gmail.com": false, "a@notexample.com": false, "a@example.com.evil.org": false, "a@mx.corp.se": false, "a@lab.se": false,
		"a@[8.8.8.8]": false, "a@host{1..9}.se": false, "a@testing": false, "a@host{1..9}.corp.se": false, "a@notlab.se": false,
		"a@[IPv6:2001:db8::1]": false, "a@[IPv6:::ffff:8.8.8.8]": false, "a@[0.0.0.0]": false,

		// International names, in both their forms.
		"a@bücher.example": true, "a@bücher.de": false, "a@xn--bcher-kva.de": false, "a@köln.se": true, "a@KÖLN.se": true, "a@xn--kln-sna.se": true,
		"a@mx.øl.se": true, "a@mx.xn--l-4ga.se": true, "a@øl.se": false, "a@xn--l-4ga.se": false,

		// Address literals, however written.
		"a@[192.0.2.1]": true, "a@[IPv6:2001:db8::5]": true, "a@[IPv6:2001:DB8:0::5]": true, "a@[192.0.2.2]": false,

		// Servers may route by the local part.
		"a%example.com@example.test": true, "a%corp.se@example.test": true, "a%gmail.com@example.test": false, "gmail.com!a@example.test": false,
		`"a@gmail.com"@example.test`: false, `"a@example.org"@example.test`: true, `"@example.test,@gmail.com:a@example.test"@example.test`: false,
		"a%gmail.com@corp.se": false, "a%gmail.com%example.test@example.test": false, "a%h{1..9}.gmail.com@example.test": false,
		"a%[8.8.8.8]@example.test": false, "a%[127.0.0.1]@example.test": false, "50%off@example.test": false,
	} {
		options := testOptions("allow_domains=[Corp.se, '*.lab.se', Köln.se, '*.xn--l-4ga.se', '[192.0.2.1]', '[IPv6:2001:db8::5]']", "flows.relay.envelope.to='"+address+"'")
		_, err := Parse("f.yaml", []byte(base), options)
		if allowed && err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if !allowed && err == nil {
			t.Errorf("%s passes", address)
		}
	}
	if _, err := Parse("f.yaml", []byte(base), testOptions("flows.relay.envelope.from=ceo@corp.se")); err == nil {
		t.Error("senders are not looked at")
	}
	if _, err := Parse("f.yaml", []byte(base), testOptions("flows.relay.envelope.from=postmaster")); err == nil || !strings.Contains(err.Error(), "only a recipient may leave it out") {
		t.Errorf("a sender without a domain: %v", err)
	}
	if _, err := Parse("f.yaml", []byte(base), testOptions("flows.relay.envelope.from=ceo%corp.se@example.test")); err == nil {
		t.Error("what senders are routed by is not looked at")
	}
	if p := mustParse(t, base, "flows.relay.envelope.from=''"); p.Flows[0].Mail.From != "" {
		t.Error("the null path is not taken")
	}
}

// The domain that a fault names can be copied to allow_domains.
func TestRefusedDomainsCanBeAllowed(t *testing.T) {
	named := regexp.MustCompile(`("[^"]+") is not reserved for tests.* or allow it at the top of the scenario: allow_domains: `)
	for _, address := range []string{
		"a@gmail.com", "a@[8.8.8.8]", "a@[IPv6:2001:db8::1]", "a@bücher.de", "a@xn--bcher-kva.de", "a@host{1..9}.corp.se", "a@host{1..9}.bücher.de",
		"a%gmail.com@example.test", "gmail!a@example.test", `"a@bücher.de"@example.test`, "a@日本語.jp", "a@Exa-mple.Se", "50%off@example.test",
	} {
		to := "flows.relay.envelope.to='" + address + "'"
		_, err := Parse("f.yaml", []byte(base), testOptions(to))
		if err == nil || !named.MatchString(err.Error()) {
			t.Errorf("%s: %v", address, err)
			continue
		}
		hint := named.FindStringSubmatch(err.Error())[1]
		if _, err := Parse("f.yaml", []byte(base), testOptions("allow_domains=["+hint+"]", to)); err != nil {
			t.Errorf("%s: with %s allowed: %v", address, hint, err)
		}
	}
}

// allow_domains accepts all usual spellings of a domain.
func TestAllowedDomainsAsTheyAreWritten(t *testing.T) {
	for address, allowed := range map[string]string{"a@[8.8.8.8]": "8.8.8.8", "a@gmail.com": "GMAIL.com.", "a@x.gmail.com": "'*.gmail.com.'"} {
		if _, err := Parse("f.yaml", []byte(base), testOptions("allow_domains=["+allowed+"]", "flows.relay.envelope.to='"+address+"'")); err != nil {
			t.Errorf("%s with %s: %v", address, allowed, err)
		}
	}
}

// An address that is made from a table is checked as a whole.
func TestRoutedDomainsOfATable(t *testing.T) {
	files := fstest.MapFS{"users.csv": {Data: []byte("name,host\nann,example.com\nbob,gmail.com\nann%gmail.com,example.com\n")}}
	for pattern, places := range map[string][]string{
		"{name}@{host}":             {"users.csv:3:1: \"gmail.com\"", "users.csv:4:1: \"gmail.com\""},
		"{name}%{host}@here.test":   {"users.csv:3:1: \"gmail.com\"", "users.csv:4:1: \"gmail.com\""},
		"{host}!u{seq}@here.test":   {"users.csv:3:1: \"gmail.com\""},
		`"u{seq}@{host}"@here.test`: {"users.csv:3:1: \"gmail.com\""},
	} {
		o := testOptions("flows.relay.envelope={csv: users.csv, to: '" + pattern + "'}")
		o.FS = files
		_, err := Parse("f.yaml", []byte(base), o)
		for _, want := range places {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %s in %v", pattern, want, err)
			}
		}
	}
}
