package completion

import (
	"bufio"
	"bytes"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/inputfile"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// Flows completes to the flows of the run files on the command line.
func Flows(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []cobra.Completion
	for _, file := range args {
		for _, name := range flowsOf(file) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return beginning(names, word), cobra.ShellCompDirectiveNoFileComp
}

// flowsOf returns the flows of a run file. Its first line has them, and is a run
// file that lost its end.
func flowsOf(file string) (names []string) {
	f, err := inputfile.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close() // read only: nothing is lost when closing fails
	if !record.IsRunFile(f) {
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil
	}
	header, err := bufio.NewReader(f).ReadBytes('\n')
	if err != nil {
		return nil
	}
	run, err := record.Read(bytes.NewReader(header))
	if err != nil {
		return nil
	}
	for _, flow := range run.Header.Flows {
		names = append(names, flow.Name)
	}
	return names
}
