package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

func newScenarios(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "list the built-in scenarios, or print one",
		Example: `  smtpgauge scenarios
  smtpgauge scenarios four-ports > my.yaml
  smtpgauge run builtin:four-ports`,
		ValidArgsFunction: completion.Builtins,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly(1, "one NAME at most")(c, args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				return printBuiltin(s, strings.TrimPrefix(args[0], inputfile.BuiltinPrefix))
			}
			return listBuiltins(s)
		},
	}
}

func listBuiltins(s streams) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, b := range scenarios.Builtins() {
		// tabwriter keeps its first error for Flush.
		fmt.Fprintf(w, "%s\t%s\n", b.Name, b.Description)
	}
	return w.Flush()
}

func printBuiltin(s streams, name string) error {
	var names []string
	for _, b := range scenarios.Builtins() {
		if b.Name == name {
			_, err := s.results.Write(b.Source)
			return err
		}
		names = append(names, b.Name)
	}
	return usagef("use one of "+strings.Join(names, ", "), "no built-in scenario is called %q", name)
}

func newSchema(s streams) *cobra.Command {
	return &cobra.Command{
		ValidArgsFunction: cobra.NoFileCompletions,
		Use:               "schema",
		Short:             "print the JSON Schema of scenario files, for editors",
		Example: `  smtpgauge schema > scenario.schema.json

Editors with the YAML language server use it if a file begins with
  # yaml-language-server: $schema=scenario.schema.json`,
		Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := s.results.Write(scenarios.Schema())
			return err
		},
	}
}
