package completion

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagValues complete the values of flags, by name: a flag has the same values in
// each command that has it. Any other is completed to files if its value is one,
// and to nothing if not.
var flagValues = map[string]cobra.CompletionFunc{
	"set":       Settings,
	"flow":      Flows,
	"fail-on":   Metrics,
	"base":      RunFiles,
	"new":       RunFiles,
	"tls":       TLSModes,
	"mechanism": Mechanisms,
}

// A chooser is a flag with few values, which it lists.
type chooser interface{ Choices() []string }

// Flags lets a shell complete the values of all flags of a command and of those
// below it.
func Flags(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		// The error is that there is no such flag, or that it has completions.
		_ = c.RegisterFlagCompletionFunc(f.Name, flagCompletion(f))
	})
	for _, sub := range c.Commands() {
		Flags(sub)
	}
}

func flagCompletion(f *pflag.Flag) cobra.CompletionFunc {
	if c, ok := f.Value.(chooser); ok {
		return Words(c.Choices())
	}
	switch value, _ := pflag.UnquoteUsage(f); {
	case value == "PATTERN": // --metrics is an address in other commands
		return MetricPatterns
	case flagValues[f.Name] != nil:
		return flagValues[f.Name]
	case value == "FILE":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case value == "DIR":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	}
	return cobra.NoFileCompletions
}
