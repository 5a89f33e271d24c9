package runfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A File is what a run is written to. What the file held before stays until the
// first write. If there is none, Close removes a file that was not there before.
type File struct {
	*os.File
	written              int64
	fresh, begun, closed bool
}

// Write writes the next part of the run.
func (f *File) Write(p []byte) (int, error) {
	if !f.begun {
		if err := f.clear(); err != nil {
			return 0, err
		}
		f.begun = true
	}
	n, err := f.File.Write(p)
	f.written += int64(n)
	return n, err
}

// lost says that the file has lost some of what was written, or its name. Write leaves a
// file without holes, as it appends: one that is shorter in the end than what was written has
// lost some of it.
func (f *File) lost() error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if there, err := os.Stat(f.Name()); f.begun && (err != nil || !os.SameFile(info, there)) {
		return errors.New("somebody else removed or renamed it while it was written")
	}
	if info.Size() >= f.written {
		return nil
	}
	return fmt.Errorf("somebody else cut it short while it was written: it has %d of %d octets", info.Size(), f.written)
}

func (f *File) clear() error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	return f.Truncate(0)
}

// Close closes the file. It may be called again. The error says, too, that the file has lost
// some of what was written.
func (f *File) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	err := errors.Join(f.lost(), f.File.Close())
	if !f.fresh || f.begun {
		return err
	}
	name, unresolved := filepath.EvalSymlinks(f.Name()) // a link itself stays
	if unresolved != nil {
		return err
	}
	return errors.Join(err, os.Remove(name))
}

// Create opens the run file of that name; if name is empty, it creates a new one
// that is named after the scenario and the time. Results go to stdout, so the run
// file cannot be the same file.
func Create(name, scenario string, stdout io.Writer) (*File, error) {
	if name != "" {
		return Open(name, stdout)
	}
	return free(scenario+"-"+time.Now().Format("20060102-150405"), ".jsonl")
}

// CreateNew is like Create, and overwrites nothing: if there is a file of that name, it
// creates one with the first free number in its name, run-2.jsonl for run.jsonl. It is for
// programs that write one run after the other.
func CreateNew(name, scenario string, stdout io.Writer) (*File, error) {
	if name == "" {
		return Create("", scenario, stdout)
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return Open(name, stdout)
	}
	ending := filepath.Ext(name)
	return free(strings.TrimSuffix(name, ending), ending)
}

// CheckNew tells whether CreateNew can create files of that name now. It leaves none, and asks
// nothing of a pipe, whose reader may come later.
func CheckNew(name string, stdout io.Writer) error {
	if name != "" {
		if info, err := os.Stat(name); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
			return nil
		}
		folder := filepath.Dir(name)
		switch info, err := os.Stat(folder); {
		case errors.Is(err, fs.ErrNotExist):
			return refuse("%s cannot be written: there is no folder %s", name, folder)
		case err == nil && !info.IsDir():
			return refuse("%s cannot be written: %s is no folder", name, folder)
		}
	}
	f, err := CreateNew(name, "smtpgauge-agent", stdout)
	if err != nil {
		return err
	}
	return f.Close()
}

// mostWord bounds a Word, in octets.
const mostWord = 60

// Word is a name as a part of a file's name: ASCII letters, digits, dots, hyphens and underscores
// as they are, and an underscore for anything else.
func Word(name string) string {
	word := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_", r) {
			return r
		}
		return '_'
	}, name)
	return word[:min(len(word), mostWord)]
}

// free creates a file of a name that is not taken: with no number in it, or the first from 2
// that is free.
func free(base, ending string) (*File, error) {
	for n := 1; ; n++ {
		name := base + ending
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", base, n, ending)
		}
		f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return &File{File: f, fresh: true}, err
		}
	}
}

// A RefusedError says why a run may not be written to a file.
type RefusedError string

// Error says why.
func (r RefusedError) Error() string { return string(r) }

func refuse(format string, args ...any) error { return RefusedError(fmt.Sprintf(format, args...)) }

// Open opens the run file of that name. It overwrites nothing but run files, so
// that a name given by mistake does not cost a scenario. What is no regular file,
// such as /dev/null, is written to as it is.
func Open(name string, stdout io.Writer) (*File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, refuse("%s is a folder", name)
	case goesTo(stdout, info):
		return nil, refuse("%s is where the results go, so the run file cannot go there", name)
	case info.Mode()&fs.ModeNamedPipe != 0:
		f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0) // which fails where nobody reads
		if errors.Is(err, syscall.ENXIO) {
			err = refuse("%s is a pipe that nobody reads: start its reader first", name)
		}
		return &File{File: f}, err
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &File{File: f}, err
	}
	fresh := err != nil
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := claim(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return &File{File: f, fresh: fresh}, nil
}

// claim locks a file for one run, if a run may be written to it.
func claim(f *os.File) error {
	if !lock(f) {
		return refuse("another run is being written to %s", f.Name())
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 && !isOurs(f, info.Size()) {
		return refuse("%s exists and is no run file, so it is not overwritten", f.Name())
	}
	return nil
}

// isOurs reports whether a file is a run, or a search for a capacity.
func isOurs(f io.ReaderAt, size int64) bool {
	return record.IsRunFile(io.NewSectionReader(f, 0, size)) || capacity.IsLog(io.NewSectionReader(f, 0, size))
}

// goesTo reports whether w writes to that file. The null device is no file: what
// goes there goes nowhere.
func goesTo(w io.Writer, info fs.FileInfo) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	to, err := f.Stat()
	if err != nil || !os.SameFile(to, info) {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(to, null)
}
