package completion

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Scenarios completes as many arguments as a command takes scenarios: to the
// built-in ones and to scenario files.
func Scenarios(most int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case len(args) >= most:
			return nil, cobra.ShellCompDirectiveNoFileComp
		case !strings.HasPrefix(inputfile.BuiltinPrefix, word) && !strings.HasPrefix(word, inputfile.BuiltinPrefix):
			return extensions(inputfile.ScenarioEndings), cobra.ShellCompDirectiveFilterFileExt
		}
		// Cobra completes to files or to words, not to both, so the files of this
		// folder are words here.
		return beginning(append(builtins(inputfile.BuiltinPrefix), filesHere(inputfile.ScenarioEndings)...), word), cobra.ShellCompDirectiveNoFileComp
	}
}

// RunFiles completes to run files, for any number of arguments.
func RunFiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return extensions(inputfile.RunFileEndings), cobra.ShellCompDirectiveFilterFileExt
}

// Builtins completes one argument to the name of a built-in scenario.
func Builtins(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return beginning(builtins(""), word), cobra.ShellCompDirectiveNoFileComp
}

func builtins(prefix string) (list []cobra.Completion) {
	for _, b := range scenarios.Builtins() {
		list = append(list, described(prefix+b.Name, b.Description))
	}
	return list
}

// filesHere lists the files of the current folder that end so, and its folders.
func filesHere(endings []string) (list []cobra.Completion) {
	entries, _ := os.ReadDir(".")
	for _, e := range entries {
		info, err := fs.Stat(os.DirFS("."), e.Name()) // of what a link leads to
		switch {
		case err != nil, strings.HasPrefix(e.Name(), "."):
		case info.IsDir():
			list = append(list, e.Name()+"/")
		case slices.Contains(endings, filepath.Ext(e.Name())):
			list = append(list, e.Name())
		}
	}
	return list
}

// extensions are endings as cobra wants them, without the dot.
func extensions(endings []string) (list []cobra.Completion) {
	for _, ending := range endings {
		list = append(list, strings.TrimPrefix(ending, "."))
	}
	return list
}
