// Smtpgauge is a load generator and benchmark harness for SMTP servers.
//
// A scenario file says what is sent, how much of it and where to; a run of it
// ends in tables of what each phase of a session cost, and in a run file.
//
//	smtpgauge run builtin:four-ports
//	smtpgauge quick 127.0.0.1:2525 --sessions 20 --for 10s
//
// smtpgauge --help lists the commands and the exit codes.
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/internal/printable"
)

func main() {
	// Whoever reads the output may leave. That is an error of writing, which
	// ends no load; the signal would.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole command: results go to stdout, everything else to stderr,
// and the exit code is returned. Canceling ctx stops what is under way.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := newStreams(stdin, stdout, stderr)
	defer s.err.Flush()
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if s.results.Err() != nil && !errors.Is(err, s.results.Err()) {
		err = errors.Join(err, s.results.Err())
	}
	return finish(err, s.err)
}

// streams are where a command reads and writes.
type streams struct {
	in      io.Reader
	out     io.Writer         // for text, which is made harmless on its way to results
	results *console.Printout // stdout, for formats that are harmless by themselves
	err     *console.Console
}

// newStreams returns streams, and makes what libraries log a part of them.
func newStreams(stdin io.Reader, stdout, stderr io.Writer) streams {
	said := console.New(stderr)
	log.SetOutput(said)
	results := console.NewPrintout(stdout, said)
	return streams{stdin, printable.NewWriter(results), results, said}
}

const description = `smtpgauge loads SMTP servers and measures what each phase of a session costs.

The shortest start is against the built-in server:

  smtpgauge run builtin:four-ports
  smtpgauge quick sink --sessions 20 --for 5s

Results go to stdout, everything else to stderr.

Exit codes:
  0    ran, valid, every threshold held
  1    the run failed, or its measurement is invalid
  2    usage error or invalid scenario
  3    a threshold was missed, or a comparison found a regression
  130  interrupted; what was measured is still written and shown`

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "smtpgauge",
		Short:         "load generator and benchmark harness for SMTP servers",
		Long:          description,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("smtpgauge quick HOST is the shortest start, smtpgauge --help lists the commands", "no command given")
			}
			return usagef("smtpgauge --help lists the commands", "unknown command %q", args[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // Args has said it all
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef(c.CommandPath()+" --help lists the flags", "%w", err)
	})
	root.AddCommand(
		newRun(s), newQuick(s), newShow(s), newCompare(s), newAB(s), newNoise(s), newSink(s),
		newValidate(s), newSchema(s), newScenarios(s), newInit(s),
		newSinkProcess(s),
	)
	return root
}

// exactly is the number of arguments a command takes, with what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return usagef(c.CommandPath()+" --help shows examples", "%s takes %s, got %d arguments", c.Name(), what, len(args))
	}
}

// version says what was built, from what the Go toolchain put into the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "smtpgauge, of an unknown version"
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				v += " " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				v += " modified"
			}
		}
	}
	return "smtpgauge " + v + " " + info.GoVersion
}
