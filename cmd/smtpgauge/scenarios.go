package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/dryrun"
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
	var list bytes.Buffer
	w := tabwriter.NewWriter(&list, 0, 0, 2, ' ', 0)
	for _, b := range scenarios.Builtins() {
		// tabwriter keeps its first error for Flush.
		fmt.Fprintf(w, "%s\t%s\n", b.Name, b.Description)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text := list.String()
	if width, _ := s.results.Terminal(); width > 0 {
		text = console.WrappedRows(text, width)
	}
	_, err := io.WriteString(s.out, text)
	return err
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

func newValidate(s streams) *cobra.Command {
	var source sourceFlags
	c := &cobra.Command{
		Use:   "validate SCENARIO",
		Short: "check a scenario file, all of it",
		Long: `Checks a scenario and lists every fault as file:line:column: message; the exit code
is 2 then. Nothing is sent. The files and variables with secrets that the scenario
names have to exist; its servers need not.

SCENARIO is a path, - for stdin, or builtin:NAME for a scenario that comes with
the program.`,
		Example: `  smtpgauge validate relay.yaml
  smtpgauge validate relay.yaml --set flows.relay.load.sessions=50`,
		Args:              exactly(1, "one SCENARIO"),
		ValidArgsFunction: completion.Scenarios(1),
		RunE: func(_ *cobra.Command, args []string) error {
			source.look = true
			job, err := source.load(args[0], s)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: valid: %s\n", args[0], dryrun.CountFlows(job.Plan))
			return err
		},
	}
	source.register(c.Flags())
	return c
}
