package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// TestFaults compares the faults of wrong scenarios with golden files.
func TestFaults(t *testing.T) {
	names, err := filepath.Glob("testdata/faults/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			o := testOptions()
			o.FS = os.DirFS("testdata/faults")
			_, err := Load(filepath.Base(name), o)
			var faults tree.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("no faults: %v", err)
			}
			golden(t, strings.TrimSuffix(name, ".yaml")+".txt", []byte(err.Error()+"\n"))
		})
	}
}

func TestTenFaultsAreTenLines(t *testing.T) {
	o := testOptions()
	o.FS = os.DirFS("testdata/faults")
	_, err := Load("ten.yaml", o)
	var faults tree.Faults
	if !errors.As(err, &faults) || len(faults) != 10 {
		t.Fatalf("want ten faults, got %d:\n%v", len(faults), err)
	}
	for i, f := range faults {
		if f.File != "ten.yaml" || f.Line == 0 || f.Column == 0 {
			t.Errorf("not located: %v", f)
		}
		if i > 0 && f.Line < faults[i-1].Line {
			t.Errorf("not in order: %v after %v", f, faults[i-1])
		}
	}
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+p+",", 9) + "*" + p + "]\n"
	}
	flows := "name: x\ntarget: {host: 127.0.0.1}\ndefaults: {envelope: {to: [" + strings.Repeat("a,", 5000) + "a]}}\nflows:\n"
	for range 100 {
		flows += "  f" + strings.Repeat("x", len(flows)%50) + string(rune('a'+len(flows)%26)) + ": {port: 25}\n"
	}
	for name, test := range map[string]struct{ source, want string }{
		"aliases":         {bomb, "once its aliases are filled in"},
		"own alias":       {"name: &a [*a]\n", "nested deeper"},
		"depth":           {strings.Repeat("[", 5000), "nested deeper"},
		"size":            {strings.Repeat("#", tree.MaxSource+1), "larger than 1 MiB"},
		"merging":         {flows, "once defaults are merged"},
		"binary":          {"\x7fELF\x02", "file:1:1: control character"},
		"latin 1":         {"name: x\ndescription: caf\xe9\n", "file:2:17: the text is not UTF-8"},
		"empty":           {"", "the file is empty"},
		"comment":         {"# nothing\n", "the file is empty"},
		"list":            {"- a\n- b\n", "want a mapping"},
		"text":            {"hello\n", "want a mapping"},
		"documents":       {"name: a\n---\nname: b\n", "several"},
		"no such alias":   {"name: *hunter2\n", "an alias (*) names no anchor"},
		"no flows":        {"name: a\ntarget: {host: sink}\nflows: {}\n", "want 1 to 100 entries"},
		"null flows":      {"name: a\ntarget: {host: sink}\nflows:\n", "flows is given without a value"},
		"defaults a list": {"name: a\ndefaults: [1]\nflows: {a: {port: 25}}\n", "flow: want a mapping, found a list"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("file", []byte(test.source), testOptions())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %q in %v", test.want, err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("what may be a password is shown: %v", err)
			}
		})
	}
}

func TestNoSuchFile(t *testing.T) {
	for name, want := range map[string]string{
		"nosuch.yaml":        "nosuch.yaml: ",
		"builtin:four-prots": `did you mean "four-ports"?`,
		"builtin:starter":    "no such built-in scenario",
	} {
		_, err := Load(name, testOptions())
		var faults tree.Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q in %v", name, want, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source), "")
	}
	for _, b := range Builtins() {
		f.Add(string(b.Source), "flows.relay.load.sessions=5")
	}
	f.Add(base, "flows.relay.auth={username: a, password: '$${env:x'}")
	f.Add(base, "thresholds=[relay.message.p99.9 < 5ms]")
	f.Add("a: &a [*a, *a]", "a.0.b=5")
	f.Add(parametric, "vars.rate=5 sessions/s")
	f.Add("extends: builtin:matrix\nflows: {relay-25: null}\nbaseline: null\n", "vars.address=$${a}@example.test")
	f.Add("extends: faults/../ramp.yaml\nvars: {a: '${b}${b}', b: '${a}'}\ndescription: '$$${env:SMTP_PASSWORD}${a}'\n", "vars.b=$x$${")
	f.Add(base, "flows.peak.load.stages=[{for: 1s, from: 0 messages/h, to: 5 messages/min}]")
	f.Fuzz(func(t *testing.T, source, set string) {
		s, err := Parse("fuzz.yaml", []byte(source), testOptions(set))
		if err == nil {
			// The resolved scenario is a scenario again.
			if _, err := Parse("again.yaml", s.plan.Scenario, testOptions()); err != nil && !strings.Contains(err.Error(), "auth") {
				t.Logf("%s", s.plan.Scenario)
				t.Fatalf("the resolved scenario does not load: %v", err)
			}
			return
		}
		var faults tree.Faults
		if !errors.As(err, &faults) || len(faults) == 0 {
			t.Fatalf("not faults: %v", err)
		}
	})
}
