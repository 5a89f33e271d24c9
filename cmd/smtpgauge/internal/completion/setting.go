package completion

import (
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// Settings completes the PATH=VALUE of --set, for the scenario that is the first
// argument: to the fields that scenarios have, to the names that this one gives
// its flows and the like, and to words if the value is one of a few.
func Settings(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	g := scenarioGrammar()
	path, _, valued := strings.Cut(word, "=")
	steps := strings.Split(path, ".")
	if valued {
		return beginning(prefixed(path+"=", g.words(g.at(steps...))), word), cobra.ShellCompDirectiveNoFileComp
	}
	var file *tree.Node
	if len(args) > 0 {
		file = parse(args[0])
	}
	above := steps[:len(steps)-1]
	return beginning(g.paths(above, file), word), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// paths lists the paths that are one step longer than the one given, each with
// what has to follow it.
func (g grammar) paths(above []string, file *tree.Node) (list []cobra.Completion) {
	s, prefix := g.at(above...), ""
	for _, step := range above {
		prefix += step + "."
		file = child(file, step)
	}
	names := append(g.names(s), given(file)...)
	if file == nil && g.isList(s) {
		names = append(names, "0") // the first item
	}
	for _, name := range names {
		field := g.field(s, name)
		if field == nil {
			continue
		}
		for _, end := range g.ends(field) {
			if c := described(prefix+name+end, field.Description); !contains(list, prefix+name+end) {
				list = append(list, c)
			}
		}
	}
	return list
}

// given are the steps below a value of the file. A list has one more than it has
// items: that one is appended.
func given(n *tree.Node) []string {
	switch {
	case n == nil:
		return nil
	case n.Kind == tree.Sequence:
		steps := make([]string, 1+len(n.Items))
		for i := range steps {
			steps[i] = strconv.Itoa(i)
		}
		return steps
	}
	return n.Keys()
}

// child is the value at a step below another; nil if there is none.
func child(n *tree.Node, step string) *tree.Node {
	if n == nil || n.Kind != tree.Sequence {
		return n.Get(step)
	}
	if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Items) {
		return n.Items[i]
	}
	return nil
}

// parse reads a scenario, whatever is wrong with what it says; nil if it cannot be
// read.
func parse(name string) *tree.Node {
	var faults tree.Report
	if builtin, ok := strings.CutPrefix(name, inputfile.BuiltinPrefix); ok {
		for _, b := range scenarios.Builtins() {
			if b.Name == builtin {
				return tree.Parse(name, b.Source, &faults)
			}
		}
		return nil
	}
	f, err := inputfile.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close() // read only: nothing is lost when closing fails
	source, err := io.ReadAll(io.LimitReader(f, tree.MaxSource+1))
	if err != nil {
		return nil
	}
	return tree.Parse(name, source, &faults)
}

// TLSModes completes to the words for when a session turns to TLS.
func TLSModes(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return wordsAt(word, "defaults", "tls")
}

// Mechanisms completes to SASL mechanisms.
func Mechanisms(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return wordsAt(word, "defaults", "auth", "mechanism")
}

// wordsAt completes to the words that a field of a scenario may be.
func wordsAt(word string, steps ...string) ([]cobra.Completion, cobra.ShellCompDirective) {
	g := scenarioGrammar()
	return beginning(g.words(g.at(steps...)), word), cobra.ShellCompDirectiveNoFileComp
}
