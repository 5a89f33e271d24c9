// Package builtin has the scenarios that come with the program, as files. Package scenarios
// reads them.
package builtin

import (
	"embed"
	"io/fs"
	"strings"
)

// Files are the scenarios, and what they name.
//
//go:embed *.yaml *.csv
var Files embed.FS

const ending = ".yaml"

// starter is the file that Starter returns. It is not a built-in scenario, but one to
// fill in.
const starter = "starter"

// Names lists the scenarios, sorted.
func Names() []string {
	files, err := fs.Glob(Files, "*"+ending)
	if err != nil { // the pattern is fixed
		panic(err)
	}
	var names []string
	for _, file := range files {
		if name := strings.TrimSuffix(file, ending); name != starter {
			names = append(names, name)
		}
	}
	return names
}

// Source is the text of a scenario; found is false if there is none with that name.
func Source(name string) (text []byte, found bool) {
	if name == starter {
		return nil, false
	}
	text, err := Files.ReadFile(name + ending)
	return text, err == nil
}

// Starter is a scenario to fill in, with comments that say how.
func Starter() []byte {
	text, err := Files.ReadFile(starter + ending)
	if err != nil { // it is embedded, so it is there
		panic(err)
	}
	return text
}
