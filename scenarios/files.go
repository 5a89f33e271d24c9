package scenarios

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// files opens the files that a scenario names, from the scenario's own folder.
type files struct {
	fsys fs.FS  // nil means the operating system's
	dir  string // the scenario's folder
}

// filesBeside returns the files beside a scenario. An open file that the system
// shows under a path, such as /dev/stdin or <(command), has no folder of its own;
// the current folder takes its place.
func filesBeside(scenario string, fsys fs.FS) files {
	switch {
	case fsys != nil:
		return files{fsys: fsys, dir: path.Dir(scenario)}
	case strings.HasPrefix(scenario, "/dev/"), strings.HasPrefix(scenario, "/proc/"):
		return files{dir: "."}
	}
	return files{dir: filepath.Dir(scenario)}
}

// locate returns the file system that holds a path, and the path's name in it.
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
	return textfile.Folder(folder), base, nil
}

// shownName is the name that a file has in faults.
func (f files) shownName(name string) string {
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
	data, err := textfile.Read(fsys, name, most)
	if err != nil {
		return nil, withoutPath(err)
	}
	return data, nil
}

// withoutPath takes the operation and the path off a file error: the message has the
// path as the scenario gives it.
func withoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// octets returns what is in a file that a scenario names, or reports why it cannot.
// It reads each file once, because a pipe can be read only once.
func (d *decoder) octets(at tree.Position, name string, most int64) ([]byte, bool) {
	data, known := d.contents[name]
	if !known || int64(len(data)) > most {
		var err error
		if data, err = d.files.read(name, most); err != nil {
			d.Faultf(at, "%s: %v", d.files.shownName(name), err)
			return nil, false
		}
		d.contents[name] = data
	}
	return data, true
}

// text returns the text in a file that a scenario names, or reports why it cannot.
func (d *decoder) text(at tree.Position, name string, most int64) ([]byte, bool) {
	data, ok := d.octets(at, name, most)
	if !ok {
		return nil, false
	}
	text, err := textfile.Decode(data)
	if err != nil {
		d.Faultf(at, "%s: %v", d.files.shownName(name), err)
		return nil, false
	}
	return text, true
}
