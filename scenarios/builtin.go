package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

//go:embed *.yaml *.csv
var embedded embed.FS

const builtinPrefix = "builtin:"

// A Builtin is a scenario that comes with the program.
type Builtin struct {
	Name        string // without "builtin:"
	Description string
	Source      []byte
}

// starterName is the file Starter returns, which is no built-in scenario: it
// is to be filled in.
const starterName = "starter"

// Builtins returns the built-in scenarios by name. Each is a file people can
// start from: Source is complete with its comments.
func Builtins() []Builtin {
	names, err := fs.Glob(embedded, "*.yaml")
	if err != nil { // the pattern is fixed
		panic(err)
	}
	var all []Builtin
	for _, file := range names {
		name := strings.TrimSuffix(file, ".yaml")
		if name == starterName {
			continue
		}
		source := mustRead(file)
		s, err := Load(builtinPrefix+name, LoadOptions{})
		if err != nil { // a test loads each of them
			panic(err)
		}
		all = append(all, Builtin{name, s.description, source})
	}
	return all
}

func mustRead(file string) []byte {
	data, err := embedded.ReadFile(file)
	if err != nil { // it is compiled in
		panic(err)
	}
	return data
}

func findBuiltin(name string) ([]byte, error) {
	if name != starterName {
		if data, err := embedded.ReadFile(name + ".yaml"); err == nil {
			return data, nil
		}
	}
	var names []string
	for _, b := range Builtins() {
		names = append(names, b.Name)
	}
	return nil, fmt.Errorf("no such built-in scenario: %sknown are %s", spelling.Suggest(name, names), tree.List(names))
}

// Starter returns a scenario to be filled in, with comments that say how.
func Starter() []byte { return mustRead(starterName + ".yaml") }
