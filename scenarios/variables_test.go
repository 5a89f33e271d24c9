package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// inEnvironment are options with an environment of these variables.
func inEnvironment(environment map[string]string, set ...string) LoadOptions {
	o := testOptions(set...)
	o.LookupEnv = func(name string) (string, bool) { v, ok := environment[name]; return v, ok }
	return o
}

const parametric = `name: parametric
vars: {host: 127.0.0.1, rate: 200 messages/s, port: 25, half: "ex", domain: "${half}ample.test", tls: "1.2", lmtp: false}
target: {host: "${host}", tls: {min_version: "${tls}"}, lmtp: "${lmtp}"}
flows:
  relay:
    port: "${port}"
    load: {rate: "${rate}", duration: "${env:SECONDS}s"}
    envelope: {from: "a$b@${domain}", to: "user{1..50}@${domain}"}
    message: {header: {Subject: "${env:SUBJECT} $${host} $$ $5"}}
`

func TestVariables(t *testing.T) {
	environment := map[string]string{"SECONDS": "12", "SUBJECT": "${host} $$", "HOST": "10.0.0.9"}
	load := func(set ...string) *loadgen.Plan {
		t.Helper()
		s, err := Parse("a.yaml", []byte(parametric), inEnvironment(environment, set...))
		if err != nil {
			t.Fatal(err)
		}
		return s.Plan()
	}
	p := load()
	f := &p.Flows[0]
	equal(t, "host", f.Target.Host, "127.0.0.1")
	equal(t, "port", f.Target.Port, 25)
	equal(t, "load", fmt.Sprint(f.Load.Stages[0].For, f.Load.Stages[0].From), "12s 200")
	equal(t, "addresses", f.Mail.From+" "+f.Mail.To[0], "a$b@example.test user{1..50}@example.test")
	equal(t, "what the environment says is no reference", f.Mail.Header["Subject"], "${host} $$ ${host} $ $5")

	// The resolved scenario means the same, without variables and without environment.
	again, err := Parse("again.yaml", p.Scenario, inEnvironment(nil))
	if err != nil {
		t.Fatalf("%v in %s", err, p.Scenario)
	}
	equal(t, "subject of the resolved", again.Plan().Flows[0].Mail.Header, f.Mail.Header)
	equal(t, "resolved again", string(again.Plan().Scenario), string(p.Scenario))
	if resolved := string(p.Scenario); strings.Contains(resolved, "vars") || !strings.Contains(resolved, `"port":25,`) || !strings.Contains(resolved, `"lmtp":false`) {
		t.Errorf("the resolved scenario: %s", resolved)
	}

	f = &load("vars.host=${env:HOST}", "vars.port=2525", "flows.relay.tls=none", "vars.rate=5 sessions/s", "vars.half=sub.ex").Flows[0]
	equal(t, "set", fmt.Sprintln(f.Target.Host, f.Target.Port, f.Load.Unit, f.Mail.To), "10.0.0.9 2525 sessions [user{1..50}@sub.example.test]\n")
}

func TestVariableFaults(t *testing.T) {
	chain := "vars: {v0: x"
	for i := range 40 {
		chain += fmt.Sprintf(`, v%d: "${v%d}${v%d}"`, i+1, i, i)
	}
	for name, test := range map[string]struct{ old, new, set, want string }{
		"unknown":             {"${host}", "${hots}", "", `a.yaml:3:16: no variable is named "hots": did you mean "host"? give it under vars, or by --set vars.hots=VALUE`},
		"unset":               {"SECONDS", "NOPE", "", `the environment variable "NOPE" is not set`},
		"where the value is":  {"rate: 200 messages/s", "rate: fast", "", `a.yaml:2:31: rate: want a rate such as 200 sessions/s or 30000 messages/min, found "fast"`},
		"by --set":            {"", "", "vars.rate=fast", `--set vars.rate: rate: want a rate`},
		"misspelt in --set":   {"", "", "vars.rat=5 sessions/s", `--set vars.rat: no text has ${rat}`},
		"itself":              {`half: "ex"`, `half: "x${domain}"`, "", `the variable domain is made of itself: domain has half has domain`},
		"itself alone":        {`host: 127.0.0.1`, `host: "${host}"`, "", `the variable host is made of itself: host has host`},
		"of a mapping":        {`half: "ex"`, `half: {a: b}`, "", `want text, a number, true or false, found a mapping`},
		"name":                {`half: "ex"`, `2nd: "ex"`, "", `"2nd" is not a variable's name: want letters`},
		"file":                {"${host}", "${file:x}", "", "only auth takes ${file:PATH}; ${env:NAME} works in every text"},
		"not closed":          {"${host}", "${host", "", "${ without }: write $$ for a dollar sign"},
		"growing":             {`vars: {`, chain + `, `, "vars.host=${v40}", "once variables are filled in"},
		"password, by a name": {"", "", "flows.relay.auth={username: u, password: 'a${hunter2}'}", "no variable has the name in braces"},
		"secret elsewhere":    {"${host}", "${env:SECRET}", "", `found "${env:SECRET}"`},
	} {
		source := strings.Replace(parametric, test.old, test.new, 1)
		var set []string
		if test.set != "" {
			set = append(set, test.set)
		}
		_, err := Parse("a.yaml", []byte(source), inEnvironment(map[string]string{"SECONDS": "12", "SUBJECT": "s", "SECRET": "hunter2 \" \\"}, set...))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want %q in %v", name, test.want, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: what may be a password is shown: %v", name, err)
		}
	}
}

// A password that is a variable is as secret as one that stands in auth.
func TestSecretVariables(t *testing.T) {
	const source = `name: a
vars: {user: "${env:LEAK_USER}", literal: LEAK-literal, env: "${env:LEAK_ENV}", file: "${file:token}"}
target: {host: sink}
defaults: {port: 587, load: {sessions: 1, duration: 1s}}
flows:
  literal: {auth: {username: ada, password: "${literal}"}}
  env: {auth: {username: "${user}", password: "${env}"}}
  mixed: {auth: {username: ada, password: "LEAK-${literal}-${env}"}}
  file: {auth: {mechanism: XOAUTH2, username: ada, token: "${file}"}}
`
	o := inEnvironment(map[string]string{"LEAK_USER": "LEAK-user", "LEAK_ENV": "LEAK-env"})
	o.FS = fstest.MapFS{"token": {Data: []byte("LEAK-token\n")}}
	s, err := Parse("a.yaml", []byte(source), o)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	for i, want := range []string{"LEAK-literal", "LEAK-env", "LEAK-LEAK-literal-LEAK-env", "LEAK-token"} {
		equal(t, p.Flows[i].Name, p.Flows[i].Session.Accounts[0].Password, want)
		equal(t, p.Flows[i].Name+", whose name is private", p.Flows[i].Session.Accounts[0].Private, i == 1)
	}
	resolved := string(p.Scenario)
	if strings.Contains(resolved, "LEAK-") {
		t.Errorf("the resolved scenario shows a secret: %s", resolved)
	}
	for _, want := range []string{`"username":"${env:LEAK_USER}"`, `"password":"${env:LEAK_ENV}"`, `"token":"${file:token}"`} {
		if !strings.Contains(resolved, want) {
			t.Errorf("no %s in %s", want, resolved)
		}
	}
}
