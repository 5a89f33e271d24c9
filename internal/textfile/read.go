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

// A pipe may be opened before the program that writes to it has got so far.
// It is given this long to.
const (
	patience = 2 * time.Second
	pause    = 10 * time.Millisecond
)

// Read returns the whole of a file of at most the given number of octets. Its
// error is an *fs.PathError whose Err completes a sentence that begins with
// the name of the file. A link that leads nowhere is named with where it leads.
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

// TooLarge is the error of a file that has more octets than that.
type TooLarge int64

func (t TooLarge) Error() string { return fmt.Sprintf("is larger than %d octets", int64(t)) }

// Head returns the first octets of a regular file, all of them if it has no
// more.
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

// List returns what is in a folder, by name, with errors as Read has them. It
// refuses a folder that has more than that.
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

// Stat says what a name leads to, with errors as Read has them.
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

// explain names the link if it is one that a name does not get beyond.
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

// cause takes off what the error of a system call says of the call.
func cause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
