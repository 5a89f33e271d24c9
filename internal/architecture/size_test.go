package architecture

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The bounds that keep a file something to read, and a package something to know.
const (
	mostLines = 400 // of a file, tests too
	mostFiles = 25  // of a package, without tests
)

// TestSizes counts the files that are for one operating system only, too.
func TestSizes(t *testing.T) {
	for _, fault := range oversized(t, filepath.Join("..", "..")) {
		t.Error(fault)
	}
}

// TestSizesBite makes a package too large, and a file too long.
func TestSizesBite(t *testing.T) {
	dir := t.TempDir()
	for i := range mostFiles + 1 {
		write(t, filepath.Join(dir, string(rune('a'+i))+".go"), 1)
	}
	write(t, filepath.Join(dir, "a_test.go"), mostLines+1)
	if found := oversized(t, dir); len(found) != 2 {
		t.Errorf("found %q", found)
	}
}

func write(t *testing.T, path string, lines int) {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Repeat("\n", lines)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// oversized returns what is too large below root.
func oversized(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	files := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		if n := bytes.Count(text, []byte("\n")); n > mostLines {
			found = append(found, path+" is too long: split it by its nouns")
		}
		if !strings.HasSuffix(path, "_test.go") {
			dir := filepath.Dir(path)
			if files[dir]++; files[dir] == mostFiles+1 {
				found = append(found, dir+" has too many files: split it by what they are")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
