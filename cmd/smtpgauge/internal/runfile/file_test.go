package runfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const runStart = `{"type":"header","format":"smtpgauge.run/1","name":"x"}` + "\n"

// contents is what a file holds.
func contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// An older run file stays until a new run has begun, by whatever name it is opened.
func TestOlderRunStaysUntilANewOneBegins(t *testing.T) {
	name := put(t, "run.jsonl", runStart+"and much more\n")
	link := filepath.Join(filepath.Dir(name), "link.jsonl")
	if err := os.Link(name, link); err != nil {
		t.Fatal(err)
	}
	for _, begins := range []bool{false, true} {
		f, err := Create(name, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := runStart + "and much more\n"
		if contents(t, link) != want {
			t.Error("the older run is gone before the new one began")
		}
		if begins {
			want = "new\nlines\n"
			for _, line := range []string{"new\n", "lines\n"} {
				if _, err := f.Write([]byte(line)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := errors.Join(f.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, link); got != want {
			t.Errorf("begins %v: the file holds %q, want %q", begins, got, want)
		}
	}
}

// A file that somebody else cuts short is not taken for whole, wherever the next line went.
func TestFileThatIsCutShort(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "new.jsonl"), put(t, "old.jsonl", runStart)} {
		f, err := Create(name, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := f.Write([]byte("a line\n")); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(name, 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.Write([]byte("the last\n")); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err == nil || !strings.Contains(err.Error(), "cut it short while it was written: it has 9 of 30 octets") {
			t.Errorf("%s: %v", name, err)
		}
		if got := contents(t, name); got != "the last\n" {
			t.Errorf("%s holds %q", name, got)
		}
	}
}

func TestTwoRunsInOneFile(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "new.jsonl"), put(t, "old.jsonl", runStart)} {
		first, err := Create(name, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Create(name, "x", nil); err == nil || !strings.Contains(err.Error(), "another run is being written to "+name) {
			t.Errorf("%s: a second run in it: %v", name, err)
		}
		if _, err := os.Stat(name); err != nil {
			t.Errorf("the refused run took the file of the first: %v", err)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := Create(name, "x", nil)
		if err != nil {
			t.Errorf("%s: a run after the first: %v", name, err)
			continue
		}
		_ = again.Close()
	}
}

func TestRunFileIsNotWhereResultsGo(t *testing.T) {
	name := put(t, "both", "")
	stdout, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	if _, err := Create(name, "x", stdout); !errors.As(err, new(RefusedError)) || !strings.Contains(err.Error(), "is where the results go") {
		t.Errorf("the run file is stdout: %v", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	f, err := Create(os.DevNull, "x", null)
	if err != nil {
		t.Fatalf("both to nowhere: %v", err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	_ = f.Close()
	if _, err := os.Stat(os.DevNull); err != nil {
		t.Error(err)
	}
}

func TestRunFileNamesAreNew(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for range 3 {
		f, err := Create("", "relay", io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("x")); err != nil { // a file that nothing was written to is removed
			t.Fatal(err)
		}
		f.Close()
		if seen[f.Name()] || !strings.HasPrefix(f.Name(), "relay-") || !strings.HasSuffix(f.Name(), ".jsonl") {
			t.Errorf("named %s", f.Name())
		}
		seen[f.Name()] = true
	}
}

// An agent writes a file of each run, whoever wrote what is there.
func TestNewFilesOverwriteNothing(t *testing.T) {
	name := put(t, "run.jsonl", "somebody's\n")
	folder := filepath.Dir(name)
	for _, want := range []string{"run-2.jsonl", "run-3.jsonl", "run-4.jsonl"} {
		f, err := CreateNew(name, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(want)); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if f.Name() != filepath.Join(folder, want) || contents(t, f.Name()) != want {
			t.Errorf("wrote %s, want %s", f.Name(), want)
		}
	}
	if got := contents(t, name); got != "somebody's\n" {
		t.Errorf("the first file holds %q", got)
	}
	f, err := CreateNew(os.DevNull, "x", nil)
	if err != nil || f.Name() != os.DevNull {
		t.Errorf("nowhere is %v, %v", f, err)
	}
	_ = f.Close()
	if f, err := CreateNew(folder, "x", nil); !errors.As(err, new(RefusedError)) {
		t.Errorf("a folder: %v, %v", f, err)
	}
}

// Whether files can be created is known before there are any, and none is left.
func TestCheckNew(t *testing.T) {
	name := put(t, "run.jsonl", "somebody's\n")
	folder := filepath.Dir(name)
	t.Chdir(folder)
	for _, good := range []string{"", name, filepath.Join(folder, "new.jsonl"), os.DevNull} {
		if err := CheckNew(good, io.Discard); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		folder: "is a folder", filepath.Join(folder, "none", "run.jsonl"): "there is no folder " + filepath.Join(folder, "none"), filepath.Join(name, "run.jsonl"): name + " is no folder",
		filepath.Join(folder, strings.Repeat("x", 300)): "too long",
	} {
		if err := CheckNew(bad, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", bad, err, want)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 || contents(t, name) != "somebody's\n" {
		t.Errorf("left %v, %v", left, err)
	}
}

// A run file that has no name any more in the end is a loss, wherever it is now.
func TestRunFileIsGoneFromItsPlace(t *testing.T) {
	for what, do := range map[string]func(string) error{
		"removed": os.Remove,
		"renamed": func(name string) error { return os.Rename(name, name+".old") },
		"replaced": func(name string) error {
			return errors.Join(os.Remove(name), os.WriteFile(name, []byte("something else that is long enough\n"+runStart), 0o600))
		},
	} {
		name := filepath.Join(t.TempDir(), "run.jsonl")
		f, err := Create(name, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(runStart)); err != nil {
			t.Fatal(err)
		}
		if err := do(name); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err == nil || !strings.Contains(err.Error(), "removed or renamed") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// An agent's name is a part of a file's name, and of no path.
func TestWord(t *testing.T) {
	for name, want := range map[string]string{
		"mx-1.example_2": "mx-1.example_2", "../../etc/passwd": ".._.._etc_passwd", "a b\x1b[2J\x00": "a_b__2J_", "Grüße": "Gr__e",
		strings.Repeat("a", 300): strings.Repeat("a", 60), "": "",
	} {
		if got := Word(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
