package scenarios

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// nothingElse fails the test if a scenario is not rebuilt from its inputs alone, or if it
// is not the same.
func nothingElse(t *testing.T, s *Scenario, o RebuildOptions) *Scenario {
	t.Helper()
	again, err := Rebuild(s.Inputs(), o)
	if err != nil {
		t.Fatalf("%v is not rebuilt: %v", s, err)
	}
	equal(t, "resolved scenario", string(again.plan.Scenario), string(s.plan.Scenario))
	equal(t, "criteria", fmt.Sprintf("%+v", again.criteria), fmt.Sprintf("%+v", s.criteria))
	equal(t, "description", again.description, s.description)
	one, other := s.Plan(), again.Plan()
	for i := range one.Flows {
		equal(t, "trust", sameTrust(one.Flows[i].Target.TLS, other.Flows[i].Target.TLS), true)
		one.Flows[i].Target.TLS, other.Flows[i].Target.TLS = nil, nil
		if o.Secret != nil {
			one.Flows[i].Session.Accounts, other.Flows[i].Session.Accounts = nil, nil
		}
	}
	one.MayLoad, other.MayLoad = nil, nil
	if !reflect.DeepEqual(one, other) {
		t.Errorf("%v: the plan is another one", s)
	}
	return again
}

func sameTrust(a, b *tls.Config) bool {
	if a == nil || b == nil {
		return a == b
	}
	sameCA := a.RootCAs == b.RootCAs || a.RootCAs != nil && a.RootCAs.Equal(b.RootCAs)
	return sameCA && a.ServerName == b.ServerName && reflect.DeepEqual(a.Certificates, b.Certificates) && a.MinVersion == b.MinVersion
}

func TestRebuild(t *testing.T) {
	for _, b := range Builtins() {
		s, err := Load(builtinPrefix+b.Name, LoadOptions{Keep: true})
		if err != nil {
			t.Fatal(err)
		}
		nothingElse(t, s, RebuildOptions{})
	}
	for _, name := range []string{"ports-and-tls.yaml", "morning-peak.yaml", "ramp.yaml"} {
		o := testOptions()
		o.Keep = true
		s, err := Load(name, o)
		if err != nil {
			t.Fatal(err)
		}
		nothingElse(t, s, RebuildOptions{})
	}
	for _, e := range examples(t) {
		o := LoadOptions{FS: exampleFiles(t), LookupEnv: testOptions().LookupEnv, Keep: true}
		s, err := Parse("docs/scenario.md", []byte(e.source), o)
		if err != nil {
			t.Fatal(err)
		}
		var give func(string) (string, error)
		if strings.Contains(e.source, "secrets: agent") {
			give = func(string) (string, error) { return "another", nil }
		}
		nothingElse(t, s, RebuildOptions{Secret: give})
	}
}

// TestRebuildElsewhere makes a scenario of files in several folders, and rebuilds it where
// there is none of them.
func TestRebuildElsewhere(t *testing.T) {
	root := t.TempDir()
	cert, key := pair(t)
	for name, text := range map[string]string{
		"base/lowest.yaml":  lowest,
		"base/ca.pem":       string(cert),
		"client.pem":        string(cert),
		"client.key":        string(key),
		"team/middle.yaml":  "extends: ../base/lowest.yaml\nname: middle\nflows: {one: {envelope: {csv: people.csv, to: '{a}'}}}\n",
		"team/people.csv":   "a\nx@example.test\n",
		"team/mails/1.eml":  "Subject: one\n\nOne.\n",
		"team/mails/README": "no mail",
		"top.yaml":          "extends: team/middle.yaml\nflows: {two: {message: {file: team/mails}, envelope: {to: '${env:RECIPIENT}'}}}\n",
	} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []string{root, filepath.Join(root, "team")} {
		t.Chdir(from)
		name, err := filepath.Rel(from, filepath.Join(root, "top.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		beside, err := filepath.Rel(from, root)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Load(name, LoadOptions{
			Keep: true, MayLoad: []string{"192.0.2.1"},
			Set:       []string{"target.tls.cert=" + filepath.Join(beside, "client.pem"), "target.tls.key=" + filepath.Join(root, "client.key")},
			LookupEnv: func(name string) (string, bool) { return "u@example.test", name == "RECIPIENT" },
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "secrets", s.Inputs().HoldSecrets(), true)
		for name := range s.Inputs().Files {
			equal(t, name+" travels, although it is no mail", strings.HasSuffix(name, "README"), false)
		}
		t.Chdir(t.TempDir())
		again := nothingElse(t, s, RebuildOptions{MayLoad: []string{"192.0.2.2"}})
		equal(t, "what may be loaded", again.Plan().MayLoad, []string{"192.0.2.2"})
		equal(t, "as printed", fmt.Sprintf("%v %+v %s", s.Inputs(), s.Inputs(), s.Inputs()), strings.TrimSpace(strings.Repeat("inputs of "+name+" ", 3)))
	}
}

// TestRebuildReadsNothing leaves out each file in turn.
func TestRebuildReadsNothing(t *testing.T) {
	dir := t.TempDir()
	cert, _ := pair(t)
	for name, text := range map[string]string{
		"a.yaml": "extends: b.yaml\ntarget: {tls: {ca: ca.pem}}\n", "b.yaml": base + "    message: {file: mails}\n",
		"ca.pem": string(cert), "mails/1.eml": "Subject: one\n\nOne.\n",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"b.yaml", "ca.pem", "mails"} {
		s, err := Load(filepath.Join(dir, "a.yaml"), LoadOptions{Keep: true, Set: []string{"flows.peak.tls=starttls"}})
		if err != nil {
			t.Fatal(err)
		}
		delete(s.inputs.Files, filepath.Join(dir, name))
		delete(s.inputs.Mail, filepath.Join(dir, name))
		_, err = Rebuild(s.Inputs(), RebuildOptions{})
		if err == nil || !strings.Contains(err.Error(), name+": did not come along") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

const withSecrets = `name: secrets
target: {host: 127.0.0.1}
vars: {who: "${env:WHO}"}
defaults: {load: {sessions: 2, duration: 1s}, port: 587, tls: none}
flows:
  env: {auth: {username: "${who}", password: "${env:PASSWORD}"}, envelope: {to: "${env:RECIPIENT}@example.test"}}
  file: {auth: {username: me, password: "${file:password.txt}"}}
`

// TestSecretsTravel has secrets of the coordinator in the inputs, and those of agents not.
func TestSecretsTravel(t *testing.T) {
	find := func(name string) (string, bool) {
		v, ok := map[string]string{"WHO": "whoever", "PASSWORD": "hunter2-env", "RECIPIENT": "someone"}[name]
		return v, ok
	}
	o := LoadOptions{Keep: true, LookupEnv: find, FS: fstest.MapFS{"password.txt": {Data: []byte("hunter2-file\n")}}}
	s, err := Parse("a.yaml", []byte(withSecrets), o)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "secrets", s.Inputs().HoldSecrets(), true)
	again := nothingElse(t, s, RebuildOptions{})
	equal(t, "password of a file", again.plan.Flows[1].Session.Accounts[0].Password, "hunter2-file")

	o.Set = []string{"secrets=agent"}
	o.FS = fstest.MapFS{}
	o.LookupEnv = func(name string) (string, bool) { return "someone", name == "RECIPIENT" }
	if s, err = Parse("a.yaml", []byte(withSecrets), o); err != nil {
		t.Fatal(err)
	}
	equal(t, "secrets", s.Inputs().HoldSecrets(), false)
	equal(t, "variables", s.Inputs().Env, map[string]string{"RECIPIENT": "someone"})
	again = nothingElse(t, s, RebuildOptions{Secret: func(reference string) (string, error) {
		return map[string]string{"env:WHO": "agent", "env:PASSWORD": "one", "file:password.txt": "two\n"}[reference], nil
	}})
	equal(t, "username", again.plan.Flows[0].Session.Accounts[0].Username, "agent")
	equal(t, "passwords", again.plan.Flows[0].Session.Accounts[0].Password+again.plan.Flows[1].Session.Accounts[0].Password, "onetwo")

	for want, give := range map[string]func(string) (string, error){
		"is a secret of this machine, which gives none": nil,
		"is locked away": func(string) (string, error) { return "", errors.New("is locked away") },
	} {
		_, err = Rebuild(s.Inputs(), RebuildOptions{Secret: give})
		if faults := (Faults)(nil); !errors.As(err, &faults) || strings.Count(err.Error(), want) != 3 {
			t.Errorf("want three faults that say %q, got %v", want, err)
		}
	}

	// A run on this machine finds them here.
	o.Keep = false
	if _, err = Parse("a.yaml", []byte(withSecrets), o); err == nil {
		t.Error("secrets that are not here are no fault of a run on this machine")
	}
}

// TestPrivate finds what is secret although no reference says so.
func TestPrivate(t *testing.T) {
	for auth, want := range map[string]bool{
		"{username: me, password: hunter2}":             true,
		"{username: me, password: '${env:PASSWORD}'}":   true,
		"{username: me, password: 'x${env:PASSWORD}'}":  true,
		"{accounts: accounts.csv}":                      true,
		"{mechanism: EXTERNAL, identity: me}":           false,
		"{username: '${env:WHO}', password: '${p}'}":    true,
		"{username: me, password: '${file:/dev/null}'}": true,
	} {
		o := LoadOptions{
			Keep: true, FS: fstest.MapFS{"accounts.csv": {Data: []byte("username,password\na,b\n")}, "dev/null": {Data: []byte("x")}},
			LookupEnv: func(string) (string, bool) { return "value", true },
		}
		s, err := Parse("a.yaml", []byte("name: a\ntarget: {host: 127.0.0.1}\nvars: {p: hunter2}\nflows: {a: {port: 465, load: {sessions: 1, messages: 1}, auth: "+auth+"}}\n"), o)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, auth, s.Inputs().HoldSecrets(), want)
	}
}
