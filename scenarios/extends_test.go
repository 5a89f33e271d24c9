package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// scenarioFiles are files for a scenario that extends others.
func scenarioFiles(t *testing.T, files map[string]string) LoadOptions {
	t.Helper()
	cert, _ := pair(t)
	fsys := fstest.MapFS{"base/ca.pem": {Data: cert}, "ca.pem": {Data: cert}, "team/people.csv": {Data: []byte("a\nx@example.test\n")}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return LoadOptions{FS: fsys}
}

const lowest = `name: lowest
vars: {host: 127.0.0.1, size: 1KiB}
target: {host: "${host}", tls: {ca: ca.pem}}
defaults: {port: 587, load: {sessions: 5, duration: 10s}, auth: {username: u, password: p}}
flows:
  one: {message: {size: "${size}"}}
  two: {port: 465}
schedule: {flows: in-turn, rounds: 3}
baseline: one
thresholds: [one.errors < 1%, two.errors < 1%]
`

func TestExtends(t *testing.T) {
	o := scenarioFiles(t, map[string]string{
		"base/lowest.yaml": lowest,
		"team/middle.yaml": "extends: ../base/lowest.yaml\nname: middle\nvars: {size: 2KiB}\nflows: {one: {envelope: {csv: people.csv, to: '{a}'}}}\nthresholds: [errors < 2%]\n",
		"top.yaml":         "extends: team/middle.yaml\nvars: {host: 10.0.0.1}\nflows: {two: null, three: {auth: null, load: {duration: 20s}}}\nbaseline: null\nschedule: {rounds: null}\n",
	})
	o.Set = []string{"flows.three.load.sessions=7"}
	s, err := Load("top.yaml", o)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	equal(t, "name", p.Name, "middle")
	equal(t, "flows", []string{p.Flows[0].Name, p.Flows[1].Name}, []string{"one", "three"})
	equal(t, "host", p.Flows[0].Target.Host, "10.0.0.1")
	equal(t, "a file beside the lowest", p.Flows[0].Target.TLS.RootCAs != nil, true)
	equal(t, "a file beside the middle", p.Flows[0].Mail.Columns.Rows[0][0], "x@example.test")
	equal(t, "size", p.Flows[0].Mail.Size.Median, int64(2<<10))
	equal(t, "load", p.Flows[1].Load.Duration.String(), "20s")
	equal(t, "set", p.Flows[1].Load.Sessions, 7)
	equal(t, "null removes what a flow inherits", len(p.Flows[1].Session.Accounts), 0)
	equal(t, "null removes a value of the scenario below", p.Rounds, 1)
	equal(t, "in turn", p.InTurn, true)
	equal(t, "baseline", s.Criteria().Baseline, "")
	equal(t, "thresholds", len(s.Criteria().Thresholds), 2)
	if resolved := string(p.Scenario); strings.Contains(resolved, "extends") || !strings.Contains(resolved, `"csv":"team/people.csv"`) || !strings.Contains(resolved, `"ca":"base/ca.pem"`) {
		t.Errorf("the resolved scenario extends nothing, and has paths from its own folder: %s", resolved)
	}
}

// Faults are in the file that has them.
func TestExtendsFaults(t *testing.T) {
	deep := map[string]string{"deep0.yaml": base}
	for i := range 10 {
		deep["deep"+string(rune('1'+i))+".yaml"] = "extends: deep" + string(rune('0'+i)) + ".yaml\n"
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no file":       {map[string]string{"a.yaml": "name: a\nextends: b.yaml\n"}, "a.yaml:2:10: b.yaml: "},
		"variable":      {map[string]string{"a.yaml": "extends: '${b}.yaml'\nvars: {b: c}\n"}, "a.yaml:1:10: extends is read before variables are: only ${env:NAME} works in it"},
		"no built-in":   {map[string]string{"a.yaml": "extends: builtin:matrx\n"}, `a.yaml:1:10: builtin:matrx: there is no such built-in scenario: did you mean "matrix"?`},
		"itself":        {map[string]string{"a.yaml": "extends: ./a.yaml\n"}, "a.yaml:1:10: the scenario extends itself: a.yaml extends a.yaml"},
		"in a circle":   {map[string]string{"a.yaml": "extends: b/c.yaml\n", "b/c.yaml": "name: c\nextends: ../a.yaml\n"}, "b/c.yaml:2:10: the scenario extends itself: a.yaml extends b/c.yaml extends a.yaml"},
		"of the base":   {map[string]string{"a.yaml": "extends: b/c.yaml\n", "b/c.yaml": strings.Replace(base, "port: 25", "prot: 25", 1)}, `b/c.yaml:7:5: unknown field "prot" in flow`},
		"its own":       {map[string]string{"a.yaml": "extends: b/c.yaml\nflows:\n  relay: {prot: 25}\n", "b/c.yaml": base}, `a.yaml:3:11: unknown field "prot" in flow`},
		"syntax":        {map[string]string{"a.yaml": "extends: b.yaml\n", "b.yaml": "a: [\n"}, "b.yaml:2:1: not YAML"},
		"list":          {map[string]string{"a.yaml": "extends: b.yaml\n", "b.yaml": "- a\n"}, "b.yaml:1:1: scenario: want a mapping, found a list"},
		"not text":      {map[string]string{"a.yaml": "extends: [b.yaml]\n"}, "a.yaml:1:10: extends: want the path of a scenario, or builtin:NAME, found a list"},
		"file of base":  {map[string]string{"a.yaml": "extends: b/c.yaml\n", "b/c.yaml": strings.Replace(base, "{host: 127.0.0.1}", "{host: sink, tls: {ca: no.pem}}", 1) + "  t: {port: 465, load: {sessions: 1, duration: 1s}}\n"}, "b/c.yaml:2:32: b/no.pem: "},
		"deep":          {map[string]string{"a.yaml": "extends: deep9.yaml\n"}, "files extend each other: at most 8 may stand behind a scenario"},
		"set from afar": {map[string]string{"a.yaml": base}, "--set extends: extends cannot be set"},
	} {
		for file, text := range deep {
			test.files[file] = text
		}
		o := scenarioFiles(t, test.files)
		if name == "set from afar" {
			o.Set = []string{"extends=b.yaml"}
		}
		_, err := Load("a.yaml", o)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want %q in %v", name, test.want, err)
		}
	}
}

// Paths of --set begin in the shell's folder, those of files in the file's: also if the
// scenario is a built-in one.
func TestPathsOfSettings(t *testing.T) {
	cert, _ := pair(t)
	dir := t.TempDir()
	t.Chdir(dir)
	for name, data := range map[string][]byte{
		"ca.pem": cert, "accounts.csv": []byte("username,password\nada,one\n"), "sub/accounts.csv": []byte("username,password\ngrace,two\n"),
		"sub/s.yaml": []byte("extends: builtin:submission-587\ntarget: {tls: {ca: ../ca.pem}}\nvars: {accounts: accounts.csv}\ndefaults: {auth: null}\nflows: {a: {port: 587, load: {sessions: 1, duration: 1s}, auth: {mechanism: PLAIN, accounts: \"${accounts}\"}}}\n"),
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	account := func(scenario string, set ...string) string {
		t.Helper()
		s, err := Load(scenario, LoadOptions{Set: set})
		if err != nil {
			t.Fatal(err)
		}
		flows := s.Plan().Flows
		return flows[len(flows)-1].Session.Accounts[0].Username
	}
	for _, ca := range []string{"ca.pem", filepath.Join(dir, "ca.pem")} {
		s, err := Load("builtin:matrix", LoadOptions{Target: "127.0.0.1", Set: []string{"target.tls.ca=" + ca, "vars.username=ada@example.test", "vars.password=secret"}})
		if err != nil {
			t.Fatal(err)
		}
		p := s.Plan()
		last := p.Flows[len(p.Flows)-1]
		equal(t, "authority", last.Target.TLS.RootCAs != nil, true)
		equal(t, "account", last.Session.Accounts[0].Username+" "+last.Session.Accounts[0].Password, "ada@example.test secret")
	}
	equal(t, "beside the file", account("sub/s.yaml"), "grace")
	equal(t, "beside the shell", account("sub/s.yaml", "flows.a.auth.accounts=accounts.csv"), "ada")
	equal(t, "a variable of the shell", account("sub/s.yaml", "vars.accounts=accounts.csv"), "ada")
	s, err := Load(filepath.Join(dir, "sub/s.yaml"), LoadOptions{Set: []string{"vars.accounts=accounts.csv"}})
	if err != nil || !strings.Contains(string(s.Plan().Scenario), `"accounts":"../accounts.csv"`) {
		t.Errorf("the path from the scenario's folder is not recorded: %v", err)
	}
	_, err = Load("builtin:matrix", LoadOptions{Set: []string{"target.tls.ca=none.pem"}})
	if err == nil || !strings.Contains(err.Error(), "--set target.tls.ca: none.pem: ") {
		t.Errorf("no such file: %v", err)
	}
}
