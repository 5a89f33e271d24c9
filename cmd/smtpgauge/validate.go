package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/dryrun"
)

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
