package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// files opens what a scenario names, relative to the scenario's own folder.
type files struct {
	fsys fs.FS  // nil means the operating system's
	dir  string // the scenario's folder
}

// locate returns a file system and the name a path has in it.
func (f files) locate(name string) (fs.FS, string, error) {
	if f.fsys != nil {
		return f.fsys, path.Join(f.dir, filepath.ToSlash(name)), nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(f.dir, name)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, "", err
	}
	folder, base := filepath.Split(full)
	if base == "" {
		base = "."
	}
	return os.DirFS(folder), base, nil
}

// show is the name a file has in faults.
func (f files) show(name string) string {
	if f.fsys != nil || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.dir, name)
}

// read returns a whole file of at most the given number of octets.
func (f files) read(name string, most int64) ([]byte, error) {
	fsys, name, err := f.locate(name)
	if err != nil {
		return nil, err
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, plain(err)
	}
	defer file.Close() // read only: nothing is lost when closing fails
	if info, err := file.Stat(); err != nil {
		return nil, plain(err)
	} else if info.IsDir() {
		return nil, errors.New("is a folder")
	}
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, plain(err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("is larger than %d octets", most)
	}
	return data, nil
}

// plain takes the operation and the path off a file error: the message names
// the path as the scenario has it.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
