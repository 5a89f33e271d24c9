// Package inputfile tells scenarios from run files, for commands that were given
// one in place of the other.
package inputfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// BuiltinPrefix begins the name of a scenario that comes with the program.
const BuiltinPrefix = "builtin:"

// ScenarioEndings are how the names of scenario files end, RunFileEndings those of
// run files.
var (
	ScenarioEndings = []string{".yaml", ".yml"}
	RunFileEndings  = []string{".jsonl"}
)

// IsScenario reports whether a name is one of a built-in scenario, or of a file
// that is named as scenarios are and is no run file.
func IsScenario(name string) bool {
	if strings.HasPrefix(name, BuiltinPrefix) {
		return true
	}
	_, err := os.Stat(name)
	return err == nil && slices.Contains(ScenarioEndings, filepath.Ext(name)) && !IsRunFile(name)
}

// IsRunFile reports whether a file begins as run files do, those of a search for a capacity among them.
func IsRunFile(name string) bool {
	f, err := Open(name)
	if err != nil {
		return false
	}
	defer f.Close() // read only: nothing is lost when closing fails
	if record.IsRunFile(f) {
		return true
	}
	_, err = f.Seek(0, io.SeekStart)
	return err == nil && capacity.IsLog(f)
}

// Open opens a file to look at it before, or after, the command reads it. It
// refuses what can be read only once, such as a pipe.
func Open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	return os.Open(name)
}
