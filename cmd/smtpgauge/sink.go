package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/numberflag"
	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/sinkprocess"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// defaultListeners stand for the ports 25, 465, 587 and 2525. Theirs are above
// 1023, which need no privilege.
var defaultListeners = []string{
	"127.0.0.1:2025,none", "127.0.0.1:2465,implicit", "127.0.0.1:2587,starttls", "127.0.0.1:2525,starttls",
}

const sinkPassword = "SMTPGAUGE_SINK_PASSWORD"

type sinkFlags struct {
	listen, users, delays []string
	caOut, hostname       string
	insecureAuth          bool
	maxMessage            numberflag.Whole
}

func newSink(s streams) *cobra.Command {
	var f sinkFlags
	c := &cobra.Command{
		Use:   "sink",
		Short: "run the built-in SMTP server",
		Long: `Runs an SMTP server that takes every message, counts it and throws it away. ^C
ends it and prints the counts.

A listener is ADDRESS:PORT[,none|starttls|implicit][,lmtp], or unix:PATH in
place of ADDRESS:PORT. Without ADDRESS it is 127.0.0.1. Without a mode, port 465
is implicit, 587 and 2525 are starttls, and any other is none. Without --listen
it listens on:

  ` + strings.Join(defaultListeners, "\n  ") + `

An authority, made anew at each start, signs its certificates. --ca-out writes the
certificate of the authority, for clients to trust. The certificates are valid for
localhost, 127.0.0.1, ::1, the machine's name and --hostname.

A delay is COMMAND=DURATION with banner, tls, ehlo, starttls, auth, mail, rcpt,
data, body (the final dot), rset or quit. data and quit can only be delayed if no
listener has TLS.`,
		Example: `  smtpgauge sink
  smtpgauge sink --listen 127.0.0.1:2525,starttls --ca-out ca.pem --delay rcpt=3ms
  ` + sinkPassword + `=secret smtpgauge sink --user bench@example.test`,
		Args:              exactly(0, "no arguments"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := f.config()
			if err != nil {
				return err
			}
			return runSink(c.Context(), config, f.caOut, s)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.listen, "listen", nil, "where to listen: `ADDR:PORT[,MODE]` (repeatable)")
	flags.StringArrayVar(&f.users, "user", nil, "`NAME` of a user who may authenticate, with the password in "+sinkPassword+" (repeatable)")
	flags.BoolVar(&f.insecureAuth, "insecure-auth", false, "offer AUTH without TLS too")
	flags.StringArrayVar(&f.delays, "delay", nil, "delay the reply to a command: `COMMAND=DURATION` (repeatable)")
	flags.StringVar(&f.caOut, "ca-out", "", "write the authority's certificate to `FILE`")
	flags.StringVar(&f.hostname, "hostname", "", "`NAME` in the banner and the certificate (default the machine's)")
	f.maxMessage = numberflag.Whole{Least: 1}
	flags.Var(&f.maxMessage, "max-message", "largest message in `OCTETS` (default 128 MiB)")
	return c
}

func (f *sinkFlags) config() (smtpsink.Config, error) {
	config := smtpsink.Config{
		Hostname:          f.hostname,
		AllowInsecureAuth: f.insecureAuth,
		MaxMessage:        int64(f.maxMessage.Value),
		Delays:            make(map[string]time.Duration),
	}
	if len(f.listen) == 0 {
		f.listen = defaultListeners
	}
	const hint = "smtpgauge sink --help shows examples"
	for _, text := range f.listen {
		l, err := smtpsink.ParseListener(text)
		if err != nil {
			return config, usagef(hint, "%w", err)
		}
		config.Listeners = append(config.Listeners, l)
	}
	for _, text := range f.delays {
		command, d, err := smtpsink.ParseDelay(text)
		if err != nil {
			return config, usagef(hint, "%w", err)
		}
		config.Delays[command] = d
	}
	password, given := os.LookupEnv(sinkPassword)
	if len(f.users) > 0 && !given {
		return config, usagef("set it, to the password of every --user", "%s is not set", sinkPassword)
	}
	for _, name := range f.users {
		config.Accounts = append(config.Accounts, smtpsink.Account{Username: name, Password: password})
	}
	if err := config.Check(); err != nil {
		return config, usagef(hint, "%w", err)
	}
	return config, nil
}

func runSink(ctx context.Context, config smtpsink.Config, caOut string, s streams) error {
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	config.Logf = sinkprocess.FewLines(s.err)
	sink, err := smtpsink.Start(config)
	if err != nil {
		return notListening(err)
	}
	if caOut != "" {
		if err := writeAuthority(caOut, sink.CAPEM()); err != nil {
			_ = sink.Close() // it has received nothing yet, and the first error says what is wrong
			return err
		}
	}
	for i, a := range sink.Addrs() {
		l := config.Listeners[i]
		fmt.Fprintf(s.err, "listening on %s %s%s\n", a, l.TLS, lmtpMark(l))
	}
	<-ctx.Done()
	stop() // a second ^C ends a close that hangs
	if err := sink.Close(); err != nil {
		return err
	}
	return printCounts(s.out, config.Listeners, sink)
}

// notListening says why the sink cannot listen, if that is known, and what to do.
func notListening(err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Addr == nil {
		return err
	}
	for _, known := range []struct {
		errno error
		text  string
	}{
		{syscall.EADDRINUSE, "another program listens there: end it, or give --listen another port"},
		{syscall.EACCES, "not permitted: ports below 1024 need root, so give --listen another port"},
		{syscall.EADDRNOTAVAIL, "this machine has no such address: give --listen one that it has"},
	} {
		if errors.Is(err, known.errno) {
			return fmt.Errorf("cannot listen on %s: %s", op.Addr, known.text)
		}
	}
	return err
}

// writeAuthority writes an authority's certificate to a file that is new, that
// holds nothing but certificates, or that is not a regular file, such as
// /dev/stdout. Any other file was probably named by mistake.
func writeAuthority(name string, authority []byte) error {
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		held, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if !onlyCertificates(held) {
			return usagef("give --ca-out the name of a new file, or of one that holds certificates", "%s exists and holds something else than certificates, so it is not overwritten", name)
		}
	}
	return os.WriteFile(name, authority, 0o644)
}

func onlyCertificates(held []byte) bool {
	for len(bytes.TrimSpace(held)) > 0 {
		var block *pem.Block
		if block, held = pem.Decode(held); block == nil || block.Type != "CERTIFICATE" {
			return false
		}
	}
	return true
}

func lmtpMark(l smtpsink.Listener) string {
	if l.LMTP {
		return " lmtp"
	}
	return ""
}

// printCounts prints a line for each listener if there are several, and the sum.
func printCounts(w io.Writer, listeners []smtpsink.Listener, sink *smtpsink.Server) error {
	var b strings.Builder
	counts := sink.ListenerCounts()
	if len(counts) > 1 {
		for i, addr := range sink.Addrs() {
			fmt.Fprintf(&b, "%s %s%s: %s\n", addr, listeners[i].TLS, lmtpMark(listeners[i]), counts[i])
		}
	}
	fmt.Fprintf(&b, "total: %s\n", sink.Counts())
	_, err := io.WriteString(w, b.String())
	return err
}
