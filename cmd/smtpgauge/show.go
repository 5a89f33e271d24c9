package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/capacityreport"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render"
)

func newShow(s streams) *cobra.Command {
	var format formatFlag
	var merge, repeats, all bool
	c := &cobra.Command{
		Use:   "show RUN...",
		Short: "print runs from their files",
		Long: `Prints runs, one after the other: each in one screen, and with --all in full. The
files of agents are left out beside the run that they are parts of. With
--merge the files are one run by several generators at the same time, and have to be
of the same scenario. With --repeats they are runs of the same scenario one after
the other, and it prints what the flows and their choices cost, over the rounds of
all runs.`,
		Example: `  smtpgauge show relay-20261121-100000.jsonl
  smtpgauge show relay.jsonl --all
  smtpgauge show relay.jsonl --format json
  smtpgauge show relay.jsonl --format html > relay.html
  smtpgauge show relay-*.jsonl --format otava > relay.csv
  smtpgauge show --merge east.jsonl west.jsonl
  smtpgauge show --repeats matrix-*.jsonl`,
		ValidArgsFunction: completion.RunFiles,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(c.CommandPath()+" --help shows examples", "no run file given")
			}
			if merge && repeats {
				return usagef("--merge is for generators that ran at the same time, --repeats for runs one after the other", "--merge and --repeats cannot be combined")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if reports, err := readCapacity(args); err != nil || len(reports) > 0 {
				if err == nil && (merge || repeats) {
					return usagef("leave it out: searches are shown one after the other", "--merge and --repeats are for runs, not for searches for a capacity")
				}
				return errors.Join(err, showCapacity(s, format, all, args, reports))
			}
			runs, err := readRuns(args, format.name)
			if err != nil {
				return err
			}
			if repeats {
				return writeRepeats(s.results, format.name, all, runs)
			}
			if merge {
				run, err := record.Merge(runs...)
				if err != nil {
					return err
				}
				runs = []*record.Run{run}
			}
			runs, note := withoutParts(runs)
			if note != "" {
				fmt.Fprintln(s.err, "note: "+printable.Text(note))
			}
			summarizeStep(runs, s.err)
			return writeRuns(s.results, format.name, render.Options{All: all}, runs...)
		},
	}
	c.Flags().BoolVar(&merge, "merge", false, "read the files as one run by several generators")
	c.Flags().BoolVar(&repeats, "repeats", false, "read the files as repeats, and print what each choice costs over all their rounds")
	c.Flags().BoolVar(&all, "all", false, allHelp)
	format.register(c.Flags(), "results", render.Runs.Names())
	return c
}

// writeRepeats prints the matrix of runs that repeat one scenario.
func writeRepeats(p *console.Printout, format string, all bool, runs []*record.Run) error {
	if !slices.Contains(render.Matrices.Names(), format) {
		return usagef("use one of "+strings.Join(render.Matrices.Names(), ", "), "--repeats cannot print %s", format)
	}
	m, err := compare.NewMatrix(runs)
	if err != nil {
		return usagef("give files of one scenario that has a baseline", "%w", err)
	}
	o := options(p)
	o.All = all
	return render.Matrices.Write(p, format, m, o)
}

func readRuns(names []string, format string) ([]*record.Run, error) {
	var runs []*record.Run
	var errs []error
	for _, name := range names {
		run, err := readRun(name, func(r io.ReadSeeker) (*record.Run, error) { return render.ReadFor(format, r) })
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		runs = append(runs, run)
	}
	return runs, errors.Join(errs...)
}

// readRun opens a file for read.
func readRun(name string, read func(io.ReadSeeker) (*record.Run, error)) (*record.Run, error) {
	if inputfile.IsScenario(name) {
		return nil, usagef("smtpgauge run "+name+" runs it and writes a run file", "%s is a scenario, not a run file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.Unwrap(err) // the caller names the file
	}
	defer f.Close() // read only: nothing is lost when closing fails
	run, err := read(f)
	if err != nil {
		if _, again := f.Seek(0, io.SeekStart); again == nil && capacity.IsLog(f) {
			return nil, usagef("smtpgauge show "+name+" prints it", "%s is a search for a capacity, not a run", name)
		}
		return nil, err
	}
	run.Source = name
	return run, nil
}

// readCapacity reads the files of searches. It is nil if the first is no such file.
func readCapacity(names []string) ([]*capacity.Report, error) {
	var reports []*capacity.Report
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, nil // whoever reads runs says so
		}
		defer f.Close() // read only: nothing is lost when closing fails
		if !capacity.IsLog(f) {
			if len(reports) == 0 {
				return nil, nil
			}
			return nil, usagef("show one kind at a time", "%s is a run, not a search for a capacity", name)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r, err := capacity.ReadReport(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// showCapacity prints the searches that some files have. The formats of runs are more.
func showCapacity(s streams, format formatFlag, all bool, names []string, reports []*capacity.Report) error {
	if err := onlyCapacityFormats(format); err != nil {
		return err
	}
	columns, _ := s.results.Terminal()
	for i, r := range reports {
		if err := capacityreport.Write(s.results, r, format.name, capacityreport.Options{Columns: columns, All: all, File: names[i]}); err != nil {
			return err
		}
	}
	return nil
}
