package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/completion"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/findings"
	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// errFound is that check found errors.
var errFound = errors.New("check found")

// checkFlags say what check looks at, and how.
type checkFlags struct {
	source   sourceFlags
	tls      string
	from, to string
	send     bool
	all      bool
	format   formatFlag
}

func newCheck(s streams) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check SCENARIO|HOST[:PORT]...",
		Short: "look at a server before it is loaded",
		Long: `Looks at the targets of a scenario, or at servers, and says what is wrong and what
to do about it. It opens sessions up to RCPT, and never sends mail without --send.

An argument is a scenario if it is a file, - for stdin, or builtin:NAME. Otherwise
it is a server. Without a port that is 25, 465, 587 and 2525, as far as they are
open. Sender and recipient are tried only with --to. The login of --user is tried
where there is TLS.

The ids of findings are stable; docs/check.md says what each means. If one is an
error, the exit code is 3.`,
		Example: `  smtpgauge check relay.yaml
  smtpgauge check 10.0.0.5
  smtpgauge check mail.example.test:587 --user bench@example.test --ca ca.pem
  smtpgauge check 10.0.0.5:25 --to bench@example.test --send`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("smtpgauge check --help shows examples", "check takes a SCENARIO or a HOST[:PORT], got neither")
			}
			return nil
		},
		ValidArgsFunction: completion.Scenarios(1),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.Context(), args, s)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.tls, "tls", "", "for a server: `MODE`, which is none, starttls or implicit (default by its port)")
	f.source.server.register(flags)
	flags.StringVar(&f.from, "from", "bench@example.test", "for a server: sender `ADDRESS`")
	flags.StringVar(&f.to, "to", "", "for a server: recipient `ADDRESS`; without it no envelope is tried")
	flags.BoolVar(&f.send, "send", false, "send one message of each flow")
	flags.BoolVar(&f.all, "all", false, "show in full what is as it should be, in place of a line each")
	f.source.register(flags)
	f.source.registerMayLoad(flags)
	f.format.register(flags, "findings", findings.Formats)
	return c
}

// run looks at what the arguments name, and prints one report.
func (f *checkFlags) run(ctx context.Context, args []string, s streams) error {
	ctx, release := signal.NotifyContext(ctx, endings()...)
	defer release()
	find, err := f.source.server.password(s)
	if err != nil {
		return err
	}
	var all []check.Finding
	for i, arg := range args {
		job, options, err := f.job(arg, find, s)
		if err != nil {
			return err
		}
		options.Elsewhere = i+1 < len(args)
		report, err := job.Look(ctx, nil, options)
		switch {
		case errors.Is(err, context.Canceled):
			return gauge.ErrInterrupted
		case err != nil:
			return strangerHint(err)
		}
		all = append(all, report.Findings...)
	}
	report := check.NewReport(all)
	if err := findings.Write(s.out, report, findings.Options{Format: f.format.name, All: f.all}); err != nil {
		return err
	}
	if n := report.Count(check.Error); n > 0 {
		return fmt.Errorf("%w %s", errFound, human.CountOf(int64(n), "error"))
	}
	return nil
}

// job makes a job of an argument.
func (f *checkFlags) job(arg string, find lookupEnv, s streams) (*gauge.Job, check.LookOptions, error) {
	options := check.LookOptions{Send: f.send}
	if isScenario(arg) {
		job, err := f.source.load(arg, s)
		if err == nil {
			err = checkTarget(job)
		}
		return job, options, err
	}
	host, port, err := splitTarget(arg)
	if err != nil {
		return nil, options, usagef("smtpgauge check --help shows examples", "%s is no scenario, and as a server: %w", arg, err)
	}
	if f.send && f.to == "" {
		return nil, options, usagef("add --to with an address that the server serves", "--send needs a recipient")
	}
	options.NoEnvelope, options.AnyPort = f.to == "", port == ""
	text, err := f.scenario(host, port)
	if err != nil {
		return nil, options, err
	}
	server := f.source.server.overrides()
	server.User = "" // the scenario has it
	sc, err := scenarios.Parse("check.yaml", []byte(text), scenarios.LoadOptions{MadeBy: "check", Server: server, MayLoad: f.source.mayLoad, LookupEnv: find})
	job, err := resolve(sc, err)
	if err == nil {
		err = checkTarget(job)
	}
	return job, options, err
}

// isScenario tells whether an argument names a scenario.
func isScenario(arg string) bool {
	if arg == "-" || strings.HasPrefix(arg, "builtin:") || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml") {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && !info.IsDir()
}

// usualPorts are where SMTP servers listen.
var usualPorts = []int{25, 465, 587, 2525}

// scenario writes a scenario that has a flow for each port to look at.
func (f *checkFlags) scenario(host, port string) (string, error) {
	ports := usualPorts
	if port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return "", err
		}
		ports = []int{n}
		if f.tls == "" && !hasUsualTLS(port) {
			return "", usagef("add --tls none, starttls or implicit", "no TLS mode is usual on port %s of %s", port, net.JoinHostPort(host, port))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "name: check\ntarget: {host: %s}\nflows:\n", quote(host))
	to := f.to
	if to == "" {
		to = "nobody@example.test"
	}
	for _, n := range ports {
		fmt.Fprintf(&b, "  port-%d: {port: %d, load: {sessions: 10, messages: 10}, envelope: {from: %s, to: %s}", n, n, quote(f.from), quote(to))
		mode, _ := sample.UsualTLS(n)
		if f.tls != "" {
			fmt.Fprintf(&b, ", tls: %s", quote(f.tls))
		}
		if f.source.server.user != "" && (port != "" || mode != sample.TLSNone) {
			fmt.Fprintf(&b, `, auth: {username: %s, password: "${env:%s}"}`, quote(f.source.server.user), scenarios.PasswordVariable)
		}
		b.WriteString("}\n")
	}
	return b.String(), nil
}
