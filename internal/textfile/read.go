package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// A pipe may be opened before the other program begins to write to it. Read waits so long
// for that.
const (
	patience = 2 * time.Second
	pause    = 10 * time.Millisecond
)

// Read returns a whole file, which may have most octets. Errors are *fs.PathError, whose
// Err goes on after the file's name: "is ...". If name is a link that leads nowhere, the
// error says where it leads.
func Read(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	data, err := read(fsys, name, info, most+1)
	switch {
	case err != nil:
		return nil, failed(name, cause(err))
	case info.Mode().IsRegular() && info.Size() > most, int64(len(data)) > most:
		return nil, failed(name, TooLarge(most))
	}
	return data, nil
}

// TooLarge is the error of a file that has more octets than this number.
type TooLarge int64

func (t TooLarge) Error() string { return fmt.Sprintf("is larger than %d octets", int64(t)) }

// Head returns the first octets of a file, at most most of them.
func Head(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	data, err := read(fsys, name, info, most)
	if err != nil {
		return nil, failed(name, cause(err))
	}
	return data, nil
}

// List returns what is in a folder, sorted by name. It refuses a folder with more than
// most entries. Errors are like those of Read.
func List(fsys fs.FS, name string, most int) ([]fs.DirEntry, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, failed(name, explain(fsys, name, cause(err)))
	}
	defer f.Close() // read only: nothing is lost when closing fails
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, failed(name, errors.New("is no folder"))
	}
	entries, err := dir.ReadDir(most + 1)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, failed(name, cause(err))
	case len(entries) > most:
		return nil, failed(name, fmt.Errorf("has more than %d files: want fewer", most))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Stat describes the file that a name leads to. Errors are like those of Read.
func Stat(fsys fs.FS, name string) (fs.FileInfo, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, failed(name, explain(fsys, name, cause(err)))
	}
	return info, nil
}

func read(fsys fs.FS, name string, info fs.FileInfo, most int64) ([]byte, error) {
	mode := info.Mode()
	pipe := mode&fs.ModeNamedPipe != 0
	switch {
	case mode.IsRegular(), pipe:
	case mode.IsDir():
		return nil, errors.New("is a folder")
	case mode&fs.ModeSocket != 0:
		return nil, errors.New("is a socket, not a file")
	default:
		return nil, errors.New("is a device, not a file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only: nothing is lost when closing fails
	var b bytes.Buffer
	b.Grow(int(min(info.Size(), most)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, most))
	for waited := time.Duration(0); pipe && err == nil && b.Len() == 0 && waited < patience; waited += pause {
		time.Sleep(pause)
		_, err = b.ReadFrom(io.LimitReader(f, most))
	}
	return b.Bytes(), err
}

// explain adds where a link leads, if the name is a link that could not be followed.
func explain(fsys fs.FS, name string, err error) error {
	info, failed := fs.Lstat(fsys, name)
	if failed != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	to, failed := fs.ReadLink(fsys, name)
	switch {
	case failed != nil:
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("is a link to %q, which is not there", to)
	}
	return fmt.Errorf("is a link to %q: %w", to, err)
}

func failed(name string, err error) error {
	return &fs.PathError{Op: "read", Path: name, Err: err}
}

// cause removes the name of the system call from an error.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
