// Smtpgauge is a load generator and benchmark harness for SMTP servers.
//
// A scenario file says what to send, how much of it, and to which server. A run
// prints tables of what each phase of a session costs, and writes a run file.
//
//	smtpgauge run builtin:four-ports
//	smtpgauge quick 127.0.0.1:2525 --sessions 20 --for 10s
//
// smtpgauge --help lists the commands and the exit codes.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/build"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/manual"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/usage"
	"github.com/smtpgauge/smtpgauge/internal/printable"
)

func main() {
	os.Exit(runProcess(newStreams(os.Stdin, os.Stdout, os.Stderr)))
}

// runProcess carries out the command line of this process.
func runProcess(s streams) int {
	// The reader of the output may leave. Without this, SIGPIPE would then end
	// the process; with it the write fails, and the load goes on.
	signal.Ignore(syscall.SIGPIPE)
	return runArgs(context.Background(), os.Args[1:], s)
}

// run carries out a command line and returns the exit code. Results go to
// stdout, everything else to stderr. Canceling ctx stops what is under way.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runArgs(ctx, args, newStreams(stdin, stdout, stderr))
}

func runArgs(ctx context.Context, args []string, s streams) int {
	defer s.err.Flush()
	root := newRoot(s)
	root.SetArgs(args)
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		root.SetOut(s.results) // for a shell: a tab comes before each description
	}
	err := root.ExecuteContext(ctx)
	if s.results.Err() != nil && !errors.Is(err, s.results.Err()) {
		err = errors.Join(err, s.results.Err())
	}
	return finish(err, s.err)
}

// streams are where a command reads and writes, and how it looks at the machine
// that it measures on.
type streams struct {
	in      io.Reader
	out     io.Writer         // for text: control characters are escaped on the way to results
	results *console.Printout // stdout, for formats that escape control characters themselves
	err     *console.Console

	// freeCores is gauge.Options.FreeCores; nil looks at this machine.
	freeCores func(context.Context) (free float64, ok bool)
}

// newStreams returns streams. What libraries log goes to stderr as well.
func newStreams(stdin io.Reader, stdout, stderr io.Writer) streams {
	messages := console.New(stderr)
	log.SetOutput(messages)
	results := console.NewPrintout(stdout, messages)
	return streams{in: stdin, out: printable.NewWriter(results), results: results, err: messages}
}

const description = `smtpgauge loads SMTP servers and measures what each phase of a session costs.

The shortest start is against the built-in server:

  smtpgauge run builtin:four-ports
  smtpgauge quick sink --sessions 20 --for 5s

Results go to stdout, everything else to stderr.

Exit codes:
  0    the run is valid and met every threshold
  1    the run failed, or its measurement is invalid
  2    usage error or invalid scenario
  3    a threshold was missed, a comparison found a regression, check found an error, or
       a capacity is below --expect
  4    cannot be told: too few rounds or messages, or a search was cut short
  130  interrupted; what was measured is still written and shown`

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "smtpgauge",
		Short:         "load generator and benchmark harness for SMTP servers",
		Long:          description,
		Version:       build.Line(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("smtpgauge quick HOST is the shortest start, smtpgauge --help lists the commands", "no command given")
			}
			return usage.UnknownCommand(c, args[0])
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // Args refuses everything
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(usage.WrongFlag)
	root.AddCommand(
		newRun(s), newQuick(s), newCheck(s), newCapacity(s), newShow(s), newCompare(s), newAB(s), newNoise(s), newSink(s), newAgent(s),
		newValidate(s), newSchema(s), newScenarios(s), newInit(s), newVersion(s), newMan(s),
		newSinkProcess(s),
	)
	usage.RefuseUnknownHelp(root)
	root.SetHelpFunc(wrappedHelp(s, root.HelpFunc()))
	completion.Flags(root)
	return root
}

// wrappedHelp breaks help between words, at the width of a terminal. Elsewhere it stays as it
// is written.
func wrappedHelp(s streams, write func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(c *cobra.Command, args []string) {
		width, _ := s.results.Terminal()
		if width == 0 {
			write(c, args)
			return
		}
		var text bytes.Buffer
		c.SetOut(&text)
		write(c, args)
		c.SetOut(s.out)
		fmt.Fprint(s.out, console.Wrapped(text.String(), width))
	}
}

// exactly refuses any other number of arguments than n. What they are is in the
// message.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return usagef(c.CommandPath()+" --help shows examples", "%s takes %s, got %d arguments", c.Name(), what, len(args))
	}
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "print the version of smtpgauge",
		Example:           "  smtpgauge version",
		Args:              exactly(0, "no arguments"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.out, build.Line())
			return err
		},
	}
}

func newMan(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "write the manual pages",
		Long: `Writes a manual page for smtpgauge, and one for each of its commands, into the folder
DIR. If the folder does not exist, it is made.`,
		Example: `  smtpgauge man ~/.local/share/man/man1 && man smtpgauge-run`,
		Args:    exactly(1, "one DIR"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			version, _, _ := strings.Cut(build.Line(), ",")
			if err := manual.Write(c.Root(), args[0], version); err != nil {
				return err
			}
			_, err := fmt.Fprintf(s.err, "wrote the pages to %s; man %s shows the first\n", args[0], filepath.Join(args[0], "smtpgauge.1"))
			return err
		},
	}
}
