package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/scenarios/builtin"
)

func newInit(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "write a scenario file to start from",
		Long: `Writes a commented scenario to FILE (scenario.yaml if none is given). It
never overwrites a file.`,
		Example: `  smtpgauge init
  smtpgauge init relay.yaml && smtpgauge run relay.yaml`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return exactly(1, "one FILE at most")(c, args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			name := "scenario.yaml"
			if len(args) == 1 {
				name = args[0]
			}
			if err := writeNew(name, builtin.Starter()); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.err, "wrote %s; smtpgauge run %s runs it\n", name, name)
			return err
		},
	}
}

// writeNew writes a file that must not exist yet.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usagef("give the name of a new file, or remove that one", "%s exists, so it is not overwritten", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
