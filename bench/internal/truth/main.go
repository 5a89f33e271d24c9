//go:build linux

// Truth compares what smtpgauge reports with what was on the wire, and with what servers of known
// delays must give. "make truth" runs it. It needs root to capture packets on the loopback device.
//
//	go run ./bench/internal/truth [-only plain,pipelined,implicit,starttls,queueing,pacing] [-for 10s] [-ours program]
//	go run ./bench/internal/truth compare -port N [-tls implicit|starttls] PCAP RESULT.json
//	go run ./bench/internal/truth wire -port N [-tls implicit|starttls] PCAP
//
// The first form runs all checks and prints a table for each. The exit code is 1 if something was
// not ok. The other forms print an earlier capture: side by side with a result, or alone as JSON.
// (The capture itself is another process, "truth capture".)
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func main() { harness.Main("truth", run) }

func run(ctx context.Context, args []string, w io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "capture":
			return capture(args[1:], os.Stdin, w)
		case "compare", "wire":
			return look(args[0], args[1:], w)
		}
	}
	return checkAll(ctx, args, w)
}

// A check prints its tables, and returns how many figures were not ok.
type check struct {
	name string
	run  func(*truth, context.Context, io.Writer, time.Duration) (int, error)
}

func agreementOf(mode sample.TLSMode, pipelining sample.Switch) func(*truth, context.Context, io.Writer, time.Duration) (int, error) {
	return func(t *truth, ctx context.Context, w io.Writer, length time.Duration) (int, error) {
		return t.agreement(ctx, w, mode, pipelining, length)
	}
}

var checks = harness.Choice[check]{Noun: "check", Name: func(c check) string { return c.name }, All: []check{
	{"plain", agreementOf(sample.TLSNone, sample.Off)},
	{"pipelined", agreementOf(sample.TLSNone, sample.On)},
	{"implicit", agreementOf(sample.TLSImplicit, sample.Off)},
	{"starttls", agreementOf(sample.TLSStart, sample.Off)},
	{"queueing", (*truth).queueing},
	{"pacing", (*truth).pacing},
}}

func checkAll(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("truth", flag.ContinueOnError)
	length := flags.Duration("for", 10*time.Second, "how long each load lasts")
	h, chosen, err := checks.Open(ctx, flags, "only", args)
	if err != nil {
		return err
	}
	defer h.Close()
	t := &truth{h}
	missed := 0
	for _, c := range chosen {
		n, err := c.run(t, ctx, w, *length)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		missed += n
	}
	if missed > 0 {
		return fmt.Errorf("%d figures are not ok, see above", missed)
	}
	return nil
}

// look prints a capture; for "compare", next to a result.
func look(name string, args []string, w io.Writer) error {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	port := flags.String("port", "", "the server's port")
	mode := sample.TLSNone
	flags.Func("tls", "implicit or starttls; plain if left out", func(name string) error {
		known := false
		if mode, known = sample.ParseTLSMode(name); !known {
			return errors.New("unknown TLS mode: use none, starttls or implicit")
		}
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if want := map[string]int{"compare": 2, "wire": 1}[name]; flags.NArg() != want || *port == "" {
		return fmt.Errorf("want -port and %d files", want)
	}
	a, err := analyse(flags.Arg(0), *port, mode)
	if err != nil {
		return err
	}
	if name == "wire" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{
			"phases": a.Distributions(), "connections": len(a.Begun), "retransmissions": a.Again, "strange": a.Strange,
		})
	}
	printed, err := os.ReadFile(flags.Arg(1))
	if err != nil {
		return err
	}
	r, err := readResult(printed)
	if err != nil {
		return err
	}
	if n := printComparison(w, a, r); n > 0 {
		return fmt.Errorf("%d phases are not ok", n)
	}
	return nil
}
