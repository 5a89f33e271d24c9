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

// starterName is the file that Starter returns. It is not a built-in scenario, but
// one to fill in.
const starterName = "starter"

// Builtins returns the built-in scenarios, sorted by name. Each is a file to start
// from: Source has all its comments.
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
	if err != nil { // it is embedded, so it is there
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
	return nil, fmt.Errorf("there is no such built-in scenario: %sknown are %s", spelling.Suggest(name, names), tree.List(names))
}

// Starter returns a scenario to fill in, with comments that say how.
func Starter() []byte { return mustRead(starterName + ".yaml") }
