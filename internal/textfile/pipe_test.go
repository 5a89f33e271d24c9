//go:build unix

package textfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// A device without an end is refused before anything is read.
func TestEndless(t *testing.T) {
	if _, err := Read(Folder("/dev"), "zero", 1<<40); err == nil || !strings.Contains(err.Error(), "is a device, not a file") {
		t.Errorf("/dev/zero: %v", err)
	}
}

func fifo(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Read gives up a pipe that nobody writes to. This test has no real clock.
func TestPipeWithoutWriter(t *testing.T) {
	name := fifo(t)
	synctest.Test(t, func(t *testing.T) {
		if data, err := Read(Folder(filepath.Dir(name)), "fifo", 100); err != nil || len(data) > 0 {
			t.Errorf("%q, %v", data, err)
		}
	})
}

func TestPipe(t *testing.T) {
	for text, want := range map[string]string{"12345": "", "123456": "larger than 5 octets"} {
		name := fifo(t)
		w, err := os.OpenFile(name, os.O_RDWR, 0) // for writing alone it would wait for the reader
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.WriteString(text); err != nil {
			t.Fatal(err)
		}
		data, err := Read(closingPipe{folder(filepath.Dir(name)), w}, "fifo", 5)
		switch {
		case want == "" && (err != nil || string(data) != text):
			t.Errorf("%s: %q, %v", text, data, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A closingPipe closes its writer when a reader has opened it. Before that, what was
// written would be lost.
type closingPipe struct {
	folder
	writer io.Closer
}

func (h closingPipe) Open(name string) (fs.File, error) {
	f, err := h.folder.Open(name)
	return f, errors.Join(err, h.writer.Close())
}
