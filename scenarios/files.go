package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/internal/textfile"
	"github.com/smtpgauge/smtpgauge/scenarios/beside"
	"github.com/smtpgauge/smtpgauge/scenarios/builtin"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// files opens the files that a scenario names, from the scenario's own folder.
type files struct {
	fsys   fs.FS  // nil means the operating system's
	dir    string // the scenario's folder
	prefix string // of names in faults

	kept   *Inputs // what is read is kept there; nil keeps nothing
	closed bool    // nothing is read but what kept has
}

const builtinPrefix = "builtin:"

// builtinFiles are those that come with the program.
var builtinFiles = files{fsys: builtin.Files, dir: ".", prefix: builtinPrefix}

// A Builtin is a scenario that comes with the program.
type Builtin struct {
	Name        string // without "builtin:"
	Description string
	Source      []byte
}

// Builtins returns the built-in scenarios, sorted by name. Each is a file to start
// from: Source has all its comments.
func Builtins() []Builtin {
	var all []Builtin
	for _, name := range builtin.Names() {
		source, _ := builtin.Source(name)
		s, err := Load(builtinPrefix+name, LoadOptions{})
		if err != nil { // a test loads each of them
			panic(err)
		}
		all = append(all, Builtin{name, s.description, source})
	}
	return all
}

func findBuiltin(name string) ([]byte, error) {
	if text, found := builtin.Source(name); found {
		return text, nil
	}
	names := builtin.Names()
	return nil, fmt.Errorf("there is no such built-in scenario: %sknown are %s", spelling.Suggest(name, names), tree.List(names))
}

// beside returns the files beside a scenario. An open file that the system
// shows under a path, such as /dev/stdin or <(command), has no folder of its own;
// the current folder takes its place.
func (f files) beside(scenario string) files {
	switch {
	case f.fsys != nil:
		f.dir = path.Dir(scenario)
	case strings.HasPrefix(scenario, "/dev/"), strings.HasPrefix(scenario, "/proc/"):
		f.dir = "."
	default:
		f.dir = filepath.Dir(scenario)
	}
	return f
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
	switch {
	case f.fsys != nil:
		return f.prefix + path.Join(f.dir, filepath.ToSlash(name))
	case filepath.IsAbs(name):
		return name
	}
	return filepath.Join(f.dir, name)
}

// read returns a whole file of at most the given number of octets.
func (f files) read(name string, most int64) ([]byte, error) {
	shown := f.shownName(name)
	if f.closed {
		return f.kept.file(shown, most)
	}
	fsys, name, err := f.locate(name)
	if err != nil {
		return nil, err
	}
	data, err := textfile.Read(fsys, name, most)
	if err != nil {
		return nil, withoutPath(err)
	}
	if f.kept != nil {
		f.kept.Files[shown] = data
	}
	return data, nil
}

// otherEnding names the file that is there if the one of that name is not, because YAML has
// two endings; "" if there is none.
func (f files) otherEnding(name string) string {
	if f.closed {
		return ""
	}
	ending := path.Ext(name)
	for _, other := range []string{".yaml", ".yml"} {
		there := strings.TrimSuffix(name, ending) + other
		if ending != ".yaml" && ending != ".yml" || other == ending {
			continue
		}
		folder, base, err := f.locate(there)
		if err != nil {
			continue
		}
		if info, err := fs.Stat(folder, base); err == nil && !info.IsDir() {
			return ", but " + there + " is there"
		}
	}
	return ""
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

// filesAt are the files beside what stands at a position: beside the scenario, or
// beside the one that it extends. What the command line gives is beside the shell.
func (d *decoder) filesAt(at tree.Position) files {
	if f, ok := d.folders[at.File]; ok {
		return f
	}
	return d.shell
}

// shownName is the name that a file has in faults, if a position names it.
func (d *decoder) shownName(at tree.Position, name string) string {
	return d.filesAt(at).shownName(name)
}

// fromScenario returns the path from the scenario's folder to a file that something in
// another folder names. It returns false if the path is the same, or if there is none.
func (d *decoder) fromScenario(at tree.Position, name string) (string, bool) {
	own, other := d.folders[d.Files[0]], d.filesAt(at)
	if name == "" || own.prefix != other.prefix || own.dir == other.dir || other.fsys == nil && filepath.IsAbs(name) {
		return "", false
	}
	from, to := own.dir, other.shownName(name)
	if other.fsys == nil { // one of them may be absolute
		var err error
		if from, err = d.shell.absolute(from); err != nil {
			return "", false
		}
		if to, err = d.shell.absolute(to); err != nil {
			return "", false
		}
	}
	relative, err := filepath.Rel(from, to)
	return filepath.ToSlash(relative), err == nil
}

// absolute returns a path from the root. If the files are those of another machine, so is
// the path.
func (f files) absolute(name string) (string, error) {
	if f.closed && !filepath.IsAbs(name) {
		return filepath.Join(f.kept.Folder, name), nil
	}
	return filepath.Abs(name)
}

// octets returns what is in a file that a scenario names, or reports why it cannot.
// It reads each file once, because a pipe can be read only once.
func (d *decoder) octets(at tree.Position, name string, most int64) ([]byte, bool) {
	shown := d.shownName(at, name)
	data, known := d.contents[shown]
	if !known || int64(len(data)) > most {
		var err error
		if data, err = d.filesAt(at).read(name, most); err != nil {
			d.Faultf(at, "%s: %v", shown, err)
			return nil, false
		}
		d.contents[shown] = data
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
		d.Faultf(at, "%s: %v", d.shownName(at, name), err)
		return nil, false
	}
	return text, true
}

// table returns the CSV file that a scenario names, or reports what is wrong with it. It
// reads each once.
func (d *decoder) table(at tree.Position, name string) *beside.Table {
	shown := d.shownName(at, name)
	if t := d.tables[shown]; t != nil {
		return t
	}
	text, ok := d.text(at, name, beside.MaxTable)
	if !ok {
		return nil
	}
	if at, message := tree.Unreadable(shown, text, "want a CSV file, which is text"); message != "" {
		d.Faultf(at, "%s", message)
		return nil
	}
	t := beside.ReadTable(&d.Report, shown, text)
	if t != nil {
		d.tables[shown] = t
	}
	return t
}
