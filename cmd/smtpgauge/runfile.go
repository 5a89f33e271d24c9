package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/smtpgauge/smtpgauge/results/record"
)

// A runFile takes a run as it is written. What the file held before stays until
// the run has begun, and a file that was not there goes away again where it does
// not begin.
type runFile struct {
	*os.File
	fresh, begun, closed bool
}

// Write takes the run from its first line on.
func (f *runFile) Write(p []byte) (int, error) {
	if !f.begun {
		if err := f.clear(); err != nil {
			return 0, err
		}
		f.begun = true
	}
	return f.File.Write(p)
}

func (f *runFile) clear() error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	return f.Truncate(0)
}

// Close may be called again.
func (f *runFile) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	err := f.File.Close()
	if !f.fresh || f.begun {
		return err
	}
	name, unresolved := filepath.EvalSymlinks(f.Name()) // a link stays
	if unresolved != nil {
		return err
	}
	return errors.Join(err, os.Remove(name))
}

// createRunFile opens the run file: the one that was asked for, or a new one
// that is named for the scenario and the time. The results go to stdout.
func createRunFile(name, scenario string, stdout io.Writer) (*runFile, error) {
	if name != "" {
		return openRunFile(name, stdout)
	}
	base := scenario + "-" + time.Now().Format("20060102-150405")
	for n := 1; ; n++ {
		name := base + ".jsonl"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.jsonl", base, n)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return &runFile{File: f, fresh: true}, err
		}
	}
}

const outputHint = "give -o the name of a new file, or of a run file to write over"

// openRunFile opens a file that was asked for. Only a run is written over: a
// slip of the hand must not cost a scenario. What is no file, such as /dev/null,
// is written to as it is.
func openRunFile(name string, stdout io.Writer) (*runFile, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, usagef(outputHint, "%s is a folder", name)
	case goesTo(stdout, info):
		return nil, usagef(outputHint, "%s is where the results go: the run file cannot go there too", name)
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &runFile{File: f}, err
	}
	fresh := err != nil
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := claim(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return &runFile{File: f, fresh: fresh}, nil
}

// claim keeps a file for one run, if it is one that a run may be written to.
func claim(f *os.File) error {
	if !lock(f) {
		return usagef(outputHint, "another run is being written to %s", f.Name())
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 && !record.IsRunFile(io.NewSectionReader(f, 0, info.Size())) {
		return usagef(outputHint, "%s is there and is no run file: it is not written over", f.Name())
	}
	return nil
}

// goesTo tells whether w writes to a file. What goes to the null device goes
// nowhere.
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
