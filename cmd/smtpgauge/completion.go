package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
)

// flagValues complete the values of flags, by name: a flag has the same values in
// each command that has it. Any other is completed to files if its value is one,
// and to nothing if not.
var flagValues = map[string]cobra.CompletionFunc{
	"set":       completion.Settings,
	"flow":      completion.Flows,
	"fail-on":   completion.Metrics,
	"base":      completion.RunFiles,
	"new":       completion.RunFiles,
	"tls":       completion.TLSModes,
	"mechanism": completion.Mechanisms,
}

// completeFlags lets a shell complete the values of all flags of a command and of
// those below it.
func completeFlags(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		// The error is that there is no such flag, or that it has completions.
		_ = c.RegisterFlagCompletionFunc(f.Name, flagCompletion(f))
	})
	for _, sub := range c.Commands() {
		completeFlags(sub)
	}
}

func flagCompletion(f *pflag.Flag) cobra.CompletionFunc {
	if format, ok := f.Value.(*formatFlag); ok {
		return completion.Words(format.known)
	}
	switch value, _ := pflag.UnquoteUsage(f); {
	case value == "PATTERN": // --metrics is an address in other commands
		return completion.MetricPatterns
	case flagValues[f.Name] != nil:
		return flagValues[f.Name]
	case value == "FILE":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	case value == "DIR":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	}
	return cobra.NoFileCompletions
}
