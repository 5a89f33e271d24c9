package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const withLogin = `name: login
vars: {username: bench@example.test, password: bench, address: "${username}"}
target: {host: 127.0.0.1}
defaults: {load: {sessions: 1, messages: 1}, envelope: {from: "${address}", to: "${address}"}}
flows:
  relay: {port: 25}
  submit: {port: 587, auth: {mechanism: PLAIN, username: "${username}", password: "${password}"}}
  bulk: {port: 2525, auth: {accounts: a.csv}, allow_domains: []}
`

func TestServerOverrides(t *testing.T) {
	source := strings.Replace(withLogin, ", allow_domains: []", "", 1)
	o := inEnvironment(map[string]string{PasswordVariable: "hush"})
	o.FS = fstest.MapFS{"a.csv": {Data: []byte("username,password\nu,p\n")}}
	o.Server = ServerOverrides{User: "al$ice@corp.com", ServerName: "mx.example.test", Insecure: true, AllowDomains: []string{"corp.com"}}
	s, err := Parse("a.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	equal(t, "address", p.Flows[0].Mail.From, "al$ice@corp.com")
	equal(t, "accounts of a flow without auth", len(p.Flows[0].Session.Accounts), 0)
	for _, f := range p.Flows[1:] {
		a := f.Session.Accounts
		equal(t, f.Name, fmt.Sprint(len(a), " ", a[0].Username, " ", a[0].Password), "1 al$ice@corp.com hush")
		equal(t, f.Name+"'s name", f.Target.TLS.ServerName, "mx.example.test")
		equal(t, f.Name+" verifies", !f.Target.TLS.InsecureSkipVerify, false)
	}
	if strings.Contains(string(p.Scenario), "hush") {
		t.Errorf("the password is in the resolved scenario: %s", p.Scenario)
	}
}

func TestServerOverrideFaults(t *testing.T) {
	for name, test := range map[string]struct {
		server ServerOverrides
		source string
		want   string
	}{
		"nobody logs in":  {ServerOverrides{User: "alice"}, "name: a\ntarget: {host: sink}\nflows: {relay: {port: 25, load: {sessions: 1, messages: 1}}}\n", "--user: no flow has auth"},
		"no such file":    {ServerOverrides{CA: "nope.pem"}, "name: a\ntarget: {host: 127.0.0.1}\nflows: {relay: {port: 587, load: {sessions: 1, messages: 1}}}\n", "--ca: nope.pem: "},
		"foreign address": {ServerOverrides{User: "alice@corp.com"}, strings.Replace(withLogin, ", allow_domains: []", "", 1), "corp.com"},
		"not a domain":    {ServerOverrides{AllowDomains: []string{"a b"}}, "name: a\ntarget: {host: sink}\nflows: {relay: {port: 25, load: {sessions: 1, messages: 1}}}\n", "--allow-domain: "},
	} {
		o := inEnvironment(map[string]string{PasswordVariable: "hush"})
		o.Server = test.server
		o.FS = fstest.MapFS{"a.csv": {Data: []byte("username,password\nu,p\n")}}
		_, err := Parse("a.yaml", []byte(test.source), o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

func TestServerOverrideTakesTheOptionOfTheMechanism(t *testing.T) {
	const source = `name: login
vars: {by: OAUTHBEARER}
target: {host: 127.0.0.1}
defaults: {load: {sessions: 1, messages: 1}, auth: {mechanism: XOAUTH2, username: u, token: t}}
flows:
  inherited: {port: 25}
  own: {port: 25, auth: {username: other, token: x}}
  plain: {port: 25, auth: {mechanism: PLAIN, password: p, token: null}}
  variable: {port: 25, auth: {mechanism: "${by}", token: y}}
  any: {port: 25, auth: {mechanism: null, password: p, token: null}}
  pool: {port: 25, auth: {accounts: a.csv, username: null, token: null}}
  certificate: {port: 465, auth: {mechanism: EXTERNAL, username: null, token: null}, target: {tls: {cert: c.pem, key: k.pem}}}
`
	cert, key := pair(t)
	o := inEnvironment(map[string]string{PasswordVariable: "hush"})
	o.FS = fstest.MapFS{"a.csv": {Data: []byte("username,token\nu,p\n")}, "c.pem": {Data: cert}, "k.pem": {Data: key}}
	o.Server = ServerOverrides{User: "alice"}
	s, err := Parse("a.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"inherited": "XOAUTH2", "own": "XOAUTH2", "plain": "PLAIN", "variable": "OAUTHBEARER", "any": "", "pool": "XOAUTH2", "certificate": "EXTERNAL"}
	for _, f := range s.Plan().Flows {
		a := f.Session.Accounts
		who := "alice hush"
		if f.Name == "certificate" {
			who = " "
		}
		if len(a) != 1 || a[0].Username+" "+a[0].Password != who || a[0].Mechanism != want[f.Name] {
			t.Errorf("%s logs in by %+v, want %s of %s", f.Name, a, who, want[f.Name])
		}
	}
}

func TestLookOnly(t *testing.T) {
	source := "name: a\ntarget: {host: 127.0.0.1}\nflows: {submit: {port: 587, load: {sessions: 1, messages: 1}, auth: {username: u, password: \"${env:NOPE}\"}}}\n"
	o := inEnvironment(nil)
	if _, err := Parse("a.yaml", []byte(source), o); err == nil {
		t.Error("a run without its password is no fault")
	}
	o.LookOnly = true
	s, err := Parse("a.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(s.Notes(), "\n"); !strings.Contains(notes, `a.yaml:3:`) || !strings.Contains(notes, `"NOPE" is not set`) {
		t.Errorf("notes %q", notes)
	}
}
