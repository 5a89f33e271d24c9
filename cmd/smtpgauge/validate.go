package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(s streams) *cobra.Command {
	var source sourceFlags
	c := &cobra.Command{
		Use:   "validate SCENARIO",
		Short: "check a scenario file, all of it",
		Long: `Checks a scenario and lists every fault as file:line:column: message, with exit
code 2. Secrets it names have to be there, servers do not: nothing is sent.

SCENARIO is a path, - for stdin, or builtin:NAME for one that comes with the
program.`,
		Example: `  smtpgauge validate relay.yaml
  smtpgauge validate relay.yaml --set flows.relay.load.sessions=50`,
		Args: exactly(1, "one SCENARIO"),
		RunE: func(_ *cobra.Command, args []string) error {
			job, err := source.load(args[0], s)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: valid: %s\n", args[0], countFlows(job.Plan))
			return err
		},
	}
	source.register(c.Flags())
	return c
}
