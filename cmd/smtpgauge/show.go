package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/results"
)

func newShow(s streams) *cobra.Command {
	var format formatFlag
	var merge bool
	c := &cobra.Command{
		Use:   "show RUN...",
		Short: "print runs from their files",
		Long: `Prints runs, one after the other. With --merge they are one run by several
generators, and have to be of the same scenario.`,
		Example: `  smtpgauge show relay-20261121-100000.jsonl
  smtpgauge show relay.jsonl --format json
  smtpgauge show relay.jsonl --format html > relay.html
  smtpgauge show relay-*.jsonl --format otava > relay.csv
  smtpgauge show --merge east.jsonl west.jsonl`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(c.CommandPath()+" --help shows examples", "no run file given")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			runs, err := readRuns(args)
			if err != nil {
				return err
			}
			if merge {
				run, err := results.Merge(runs...)
				if err != nil {
					return err
				}
				runs = []*results.Run{run}
			}
			appendStepSummary(runs, s.err)
			return format.write(s.out, runs...)
		},
	}
	c.Flags().BoolVar(&merge, "merge", false, "take the files as one run by several generators")
	format.register(c.Flags())
	return c
}

func readRuns(names []string) ([]*results.Run, error) {
	var runs []*results.Run
	var errs []error
	for _, name := range names {
		run, err := readRun(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		runs = append(runs, run)
	}
	return runs, errors.Join(errs...)
}

func readRun(name string) (*results.Run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err) // the caller names the file
	}
	defer f.Close() // read only: nothing is lost when closing fails
	return results.Read(f)
}
