package main

import (
	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

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
