package textfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	write("five", "12345")
	write("caf\xe9", "12345") // not UTF-8, as in file names of old systems
	link("five", "link")
	link("nowhere", "dangling")
	link("dangling", "twice")
	link("circle", "circle")
	for name, want := range map[string]string{
		"five": "", "link": "", "caf\xe9": "",
		"nowhere":  "no such file",
		"dangling": `is a link to "nowhere", which is not there`,
		"twice":    `is a link to "dangling", which is not there`,
		"circle":   `is a link to "circle": `,
		".":        "is a folder",
	} {
		data, err := Read(Folder(dir), name, 5)
		switch path := (*fs.PathError)(nil); {
		case want == "" && (err != nil || string(data) != "12345"):
			t.Errorf("%s: %q, %v", name, data, err)
		case want != "" && (!errors.As(err, &path) || path.Path != name || !strings.HasPrefix(path.Err.Error(), want)):
			t.Errorf("%s: want %q: %v", name, want, err)
		}
	}
	if _, err := Read(Folder(dir), "five", 4); err == nil || !strings.Contains(err.Error(), "larger than 4 octets") {
		t.Errorf("5 octets where 4 are the most: %v", err)
	}
	if head, err := Head(Folder(dir), "five", 4); err != nil || string(head) != "1234" {
		t.Errorf("head: %q, %v", head, err)
	}
}

// The same rules hold for files in memory.
func TestReadFromMemory(t *testing.T) {
	fsys := fstest.MapFS{
		"zero":   {Mode: fs.ModeDevice | fs.ModeCharDevice},
		"socket": {Mode: fs.ModeSocket},
		"odd":    {Mode: fs.ModeIrregular},
		"full":   {Data: []byte("12345")},
	}
	for name, want := range map[string]string{"zero": "is a device", "socket": "is a socket", "odd": "is a device", "full": "is larger than 4"} {
		if _, err := Read(fsys, name, 4); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q: %v", name, want, err)
		}
	}
}
