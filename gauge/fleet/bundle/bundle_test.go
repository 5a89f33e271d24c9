package bundle

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// packed loads a scenario from testdata or the program, and packs it.
func packed(t testing.TB, name string, set ...string) (*scenarios.Scenario, Bundle) {
	t.Helper()
	s, err := scenarios.Load(name, scenarios.LoadOptions{Keep: true, Set: set, MayLoad: []string{"mx.example.net"}, LookupEnv: func(name string) (string, bool) {
		return "correct-horse-battery", name == "SMTP_PASSWORD"
	}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

// same fails the test if a scenario's run files would not merge with another one's.
func same(t *testing.T, a, b *scenarios.Scenario) {
	t.Helper()
	one, other := record.NewHeader(a.Plan(), a.Criteria()), record.NewHeader(b.Plan(), b.Criteria())
	if one.Hash != other.Hash || one.Rounds != other.Rounds || len(one.Flows) != len(other.Flows) {
		t.Fatalf("%v: hash %s is %s after the journey", a, one.Hash, other.Hash)
	}
	for i := range one.Flows {
		if !record.SameFlow(one.Flows[i], other.Flows[i]) || one.Flows[i].Fingerprint != other.Flows[i].Fingerprint {
			t.Errorf("%v: flow %s is another one after the journey", a, one.Flows[i].Name)
		}
	}
}

// TestEveryScenario carries the built-in scenarios, and the examples of the contract.
func TestEveryScenario(t *testing.T) {
	var names []string
	for _, b := range scenarios.Builtins() {
		names = append(names, "builtin:"+b.Name)
	}
	examples, err := filepath.Glob("../../../scenarios/testdata/*.yaml")
	if err != nil || len(examples) < 3 {
		t.Fatalf("examples %v, %v", examples, err)
	}
	for _, name := range append(names, examples...) {
		s, b := packed(t, name)
		again, err := Open(b.Data(), b.Sum(), Rules{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		same(t, s, again)
		if may := again.Plan().MayLoad; len(may) > 0 {
			t.Errorf("%s: what the coordinator may load came along: %q", name, may)
		}
	}
}

// folder makes a scenario with everything that can stand in files.
func folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":            "extends: base/b.yaml\nflows: {a: {envelope: {csv: people.csv, to: '{address}'}, message: {file: corpus}}}\n",
		"base/b.yaml":       "name: everything\ntarget: {host: 127.0.0.1}\nflows:\n  a: {port: 25, tls: none, load: {sessions: 2, messages: 10}}\n  b: {port: 587, tls: none, load: {sessions: 2, messages: 10}, auth: {accounts: accounts.csv}}\n  c: {port: 587, tls: none, load: {sessions: 2, messages: 10}, auth: {username: me, password: '${env:SMTP_PASSWORD}'}}\n",
		"people.csv":        "address\na@example.test\nb@example.test\n",
		"corpus/1.eml":      "Subject: one\n\nOne.\n",
		"corpus/2.mbox":     "From a@example.test Thu Nov 26 10:00:00 2026\nSubject: two\n\nTwo.\n\nFrom a@example.test Thu Nov 26 10:00:00 2026\nSubject: three\n\nThree.\n",
		"base/accounts.csv": "username,password\nada,hunter2-ada\ngrace,hunter2-grace\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "a.yaml")
}

// TestFilesTravel opens a bundle where none of its files is.
func TestFilesTravel(t *testing.T) {
	name := folder(t)
	s, b := packed(t, name)
	if err := os.RemoveAll(filepath.Dir(name)); err != nil {
		t.Fatal(err)
	}
	again, err := Open(b.Data(), b.Sum(), Rules{MayLoad: []string{"192.0.2.7"}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, s, again)
	p := again.Plan()
	if got := p.Flows[0].Mail; len(got.Files) != 3 || len(got.Columns.Rows) != 2 {
		t.Errorf("%d messages and %d rows came along, want 3 and 2", len(got.Files), len(got.Columns.Rows))
	}
	if got := p.Flows[1].Session.Accounts; len(got) != 2 || got[1].Password != "hunter2-grace" {
		t.Errorf("%d accounts came along, want 2", len(got))
	}
	if got := p.Flows[2].Session.Accounts[0].Password; got != "correct-horse-battery" {
		t.Error("the password of the environment did not come along")
	}
	if len(p.MayLoad) != 1 || p.MayLoad[0] != "192.0.2.7" {
		t.Errorf("the agent may load %q, want its own", p.MayLoad)
	}
}

func TestSecretsNeedAWay(t *testing.T) {
	_, with := packed(t, folder(t))
	_, without := packed(t, "builtin:relay-inbound")
	for _, way := range []Way{{TLS: true}, {Loopback: true}} {
		if err := with.MayTravel(way); err != nil {
			t.Errorf("%+v: %v", way, err)
		}
	}
	if err := with.MayTravel(Way{}); err == nil || !with.HoldsSecrets() {
		t.Error("passwords travel in the clear")
	}
	if err := without.MayTravel(Way{}); err != nil || without.HoldsSecrets() {
		t.Errorf("a scenario without secrets: %v", err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s %v %+v", with, with, with, with, &with, struct{ Packed Bundle }{with}); strings.Contains(shown, "hunter2") || !strings.Contains(shown, with.Sum()) {
		t.Errorf("printed as %q", shown)
	}
}

// TestSecretsOfAgents leaves secrets where they are, and gives those that the agent names.
func TestSecretsOfAgents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("of a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FLEET_TEST_PASSWORD", "of the environment")
	const text = "name: a\nsecrets: agent\ntarget: {host: 127.0.0.1}\ndefaults: {port: 587, tls: none, load: {sessions: 1, messages: 1}}\nflows:\n" +
		"  a: {auth: {username: me, password: '${env:FLEET_TEST_PASSWORD}'}}\n  b: {auth: {username: me, password: '${file:%s}'}}\n"
	s, err := scenarios.Parse("a.yaml", fmt.Appendf(nil, text, file), scenarios.LoadOptions{Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(s)
	if err != nil || b.MayTravel(Way{}) != nil {
		t.Fatalf("%v, %v", err, b.MayTravel(Way{}))
	}
	again, err := Open(b.Data(), b.Sum(), Rules{Secrets: []string{"env:FLEET_TEST_PASSWORD", "file:" + file}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, s, again)
	p := again.Plan()
	if one, two := p.Flows[0].Session.Accounts[0].Password, p.Flows[1].Session.Accounts[0].Password; one != "of the environment" || two != "of a file" {
		t.Errorf("passwords %q and %q", one, two)
	}
	for _, rules := range []Rules{{}, {Secrets: []string{"env:ANOTHER", "file:/etc"}}, {Secrets: []string{"env:FLEET_TEST_PASSWORD"}}} {
		if _, err := Open(b.Data(), b.Sum(), rules); err == nil || !strings.Contains(err.Error(), "start it with --secret file:") {
			t.Errorf("%+v gives a secret that it does not name: %v", rules, err)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.Data(), b.Sum(), Rules{Secrets: []string{"env:FLEET_TEST_PASSWORD", "file:" + file}}); err == nil || !strings.Contains(err.Error(), "cannot be read on this agent") {
		t.Errorf("a secret that is not there: %v", err)
	}
}

// What is no name of a secret, or not there, is said when an agent starts.
func TestCheckSecrets(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a")
	if err := os.WriteFile(file, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("A_SECRET", "s3cret")
	if err := CheckSecrets([]string{"env:A_SECRET", "file:" + file}); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{
		"A": "want env:NAME or file:PATH", "env:": "want env:NAME", "secret:A": "want env:NAME", "": "want env:NAME",
		"env:NO_SUCH_SECRET": "is not set", "file:" + folder: "cannot be read", "file:" + file + "s": "cannot be read",
	} {
		if err := CheckSecrets([]string{"env:A_SECRET", name}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// unzipped returns the manifest and the contents of a bundle.
func unzipped(t testing.TB, data []byte) (m map[string]any, contents []byte) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := bytes.Cut(all, []byte("\n"))
	if err := json.Unmarshal(first, &m); err != nil {
		t.Fatal(err)
	}
	return m, rest
}

func zipped(t testing.TB, m any, contents []byte) []byte {
	t.Helper()
	first, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return gzipped(t, append(append(first, '\n'), contents...))
}

func gzipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDamaged opens what no coordinator has packed.
func TestDamaged(t *testing.T) {
	_, b := packed(t, folder(t))
	if _, err := Open(b.Data(), strings.Repeat("0", 64), Rules{}); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("another checksum: %v", err)
	}
	change := func(f func(m map[string]any)) []byte {
		m, contents := unzipped(t, b.Data())
		f(m)
		return zipped(t, m, contents)
	}
	files := func(n int, size int64) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = map[string]any{"name": fmt.Sprint(i), "size": size}
		}
		return list
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"no archive":           {[]byte("hello"), "cannot be opened"},
		"nothing":              {nil, "cannot be opened"},
		"no list":              {gzipped(t, []byte("{}")), "cut short"},
		"an empty list":        {gzipped(t, []byte("{}\n")), "another version"},
		"no JSON":              {gzipped(t, []byte("hello\n")), "no JSON"},
		"an endless list":      {gzipped(t, bytes.Repeat([]byte(" "), maxManifest+2)), "too long"},
		"another format":       {change(func(m map[string]any) { m["format"] = "smtpgauge.bundle/2" }), "another version"},
		"another scenario":     {change(func(m map[string]any) { m["scenario_sha256"] = strings.Repeat("0", 64) }), "different versions"},
		"no inputs":            {change(func(m map[string]any) { delete(m, "inputs") }), "no inputs"},
		"a size below zero":    {change(func(m map[string]any) { m["source"] = -1 }), "more than"},
		"sizes that overflow":  {change(func(m map[string]any) { m["files"] = files(4, math.MaxInt64) }), "more than"},
		"more than there is":   {change(func(m map[string]any) { m["files"] = files(1, MaxUnpacked-1000) }), "cut short"},
		"too many files":       {change(func(m map[string]any) { m["files"] = files(maxFiles+1, 0) }), "files: agents take"},
		"a file twice":         {change(func(m map[string]any) { m["files"] = append(files(1, 0), files(1, 0)...) }), "twice"},
		"a folder twice":       {change(func(m map[string]any) { m["mail"] = []any{map[string]any{"name": "a"}, map[string]any{"name": "a"}} }), "twice"},
		"files without a name": {change(func(m map[string]any) { delete(m, "files") }), "more in it than it says"},
		"a bomb":               {change(func(m map[string]any) { m["mail"] = nil; m["files"] = files(1, 1); m["source"] = 1 }), "more in it"},
		"half of it":           {b.Data()[:len(b.Data())/2], "cut short"},
	} {
		if _, err := Open(test.data, sumOf(test.data), Rules{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTooMuchToTravel stops packing where the bus ends.
func TestTooMuchToTravel(t *testing.T) {
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	m := &manifest{Format: format, Source: int64(len(noise))}
	data, err := pack(m, [][]byte{noise}, 2<<20)
	if err == nil || !strings.Contains(err.Error(), "more than 2 MiB when packed") || data != nil {
		t.Errorf("%d octets, %v", len(data), err)
	}
	if data, err = pack(m, [][]byte{noise}, 4<<20); err != nil || len(data) < len(noise) {
		t.Errorf("%d octets, %v", len(data), err)
	}
}

// TestContent reads files of all sizes, and keeps nothing but what is in them.
func TestContent(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 1 << 20} {
		want := bytes.Repeat([]byte("x"), size)
		got, err := content(iotest.HalfReader(bytes.NewReader(append(want, "rest"...))), int64(size))
		if err != nil || !bytes.Equal(got, want) || cap(got) > size+size/8+64 {
			t.Errorf("%d octets: %d with room for %d, %v", size, len(got), cap(got), err)
		}
		if _, err := content(bytes.NewReader(want), int64(size)+1000); err == nil || !strings.Contains(err.Error(), "cut short, 1000 octets") {
			t.Errorf("%d octets: %v", size, err)
		}
	}
}

// TestNothingKept packs a scenario of which nothing was kept.
func TestNothingKept(t *testing.T) {
	s, err := scenarios.Load("builtin:relay-inbound", scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(s); err == nil {
		t.Error("it is packed")
	}
}

// TestNotUTF8 refuses what JSON would change.
func TestNotUTF8(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gr\xfc\xdfe")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Skip("needs a file system that takes names which are not UTF-8, as those of Linux do:", err)
	}
	t.Chdir(dir)
	s, err := scenarios.Load("builtin:relay-inbound", scenarios.LoadOptions{Keep: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(s); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("packed: %v", err)
	}
}

// FuzzOpen opens anything.
func FuzzOpen(f *testing.F) {
	_, b := packed(f, folder(f))
	m, contents := unzipped(f, b.Data())
	first, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(append(first, '\n'), contents...))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		data := gzipped(t, text)
		s, err := Open(data, sumOf(data), Rules{})
		if err == nil && s.Inputs() == nil {
			t.Error("a scenario without inputs came of a bundle")
		}
		_, _ = Open(text, sumOf(text), Rules{}) // without the archive around it
	})
}
