package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFolders holds the README's table of folders against the tree: each folder that it
// names is there, and it names each folder with Go files that is one or two levels deep.
func TestFolders(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## Where things are\n")
	if !found {
		t.Fatal("the README does not say where things are")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for _, row := range regexp.MustCompile(`(?m)^\|(.*?)\|`).FindAllStringSubmatch(section, -1) {
		for _, folder := range inCode.FindAllStringSubmatch(row[1], -1) {
			named = append(named, folder[1])
			if info, err := os.Stat(filepath.Join(root, folder[1])); err != nil || !info.IsDir() {
				t.Errorf("the README names the folder %s, which is not there", folder[1])
			}
		}
	}
	if len(named) == 0 {
		t.Fatal("the README names no folders")
	}
	err = fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || path == "." {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || path == "bin" || path == "cmd" || strings.Count(path, "/") == 2 {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(root, path, "*.go"))
		if len(files) > 0 && !slices.Contains(named, path) && path != "bench/example" {
			t.Errorf("the README does not say what %s holds", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
