//go:build linux

// Verdict shows how often the verdict on a run is wrong: how often a sound run
// is called invalid, and how often a spoiled one is not. It is what "make
// verdict" runs.
//
//	go run ./bench/internal/verdict [-runs n] [-only a,b] [-for duration] [-ours program]
//
// Each circumstance is met by as many short runs against the epoll sink on
// loopback. The exit code is 1 where any run was judged wrongly. Starving a
// run of local ports takes root, since it is done in a network namespace of
// its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == spinWord {
		spin()
	}
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "verdict:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	flags := flag.NewFlagSet("verdict", flag.ContinueOnError)
	runs := flags.Int("runs", 30, "runs in each circumstance")
	only := flags.String("only", "", "only these circumstances, separated by commas: "+strings.Join(names(), ", "))
	length := flags.Duration("for", time.Second, "how long each run's load lasts")
	ours := flags.String("ours", "", "the smtpgauge to judge; built where left out")
	verbose := flags.Bool("v", false, "print every run")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "verdict-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := &harness{dir: dir, ours: *ours, length: *length}
	if *verbose {
		h.log = w
	}
	if err := h.prepare(ctx); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, %d cores; %.0f messages/s at most, %.0f as open load; %d runs of %v each\n\n",
		runtime.Version(), runtime.NumCPU(), 2*h.rate, h.rate, *runs, *length)
	rows, failed := h.meetAll(ctx, chosen, *runs)
	printTable(w, rows)
	wrong := 0
	for i := range rows {
		wrong += rows[i].wrong()
	}
	if wrong > 0 {
		failed = errors.Join(failed, fmt.Errorf("%d runs were judged wrongly, see above", wrong))
	}
	return failed
}

// meetAll makes the runs of all circumstances. The rows are there also beside
// an error: a machine that does not stay quiet should not cost the rest.
func (h *harness) meetAll(ctx context.Context, chosen []circumstance, runs int) (rows []row, err error) {
	for _, c := range chosen {
		r, failed := h.meet(ctx, c, runs)
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", c.name, failed))
		}
		rows = append(rows, r)
		if ctx.Err() != nil {
			break
		}
	}
	return rows, err
}

// A harness has what the runs need.
type harness struct {
	dir    string
	ours   string
	sink   string
	length time.Duration
	rate   float64   // of open load: half of what the generator can do, messages a second
	log    io.Writer // takes a line a run; nil where nobody reads them
}

// prepare builds the programs and finds out what half a load is.
func (h *harness) prepare(ctx context.Context) (err error) {
	if h.sink, err = yardstick.BuildSink(ctx, h.dir); err != nil {
		return err
	}
	if h.ours == "" {
		h.ours = filepath.Join(h.dir, "smtpgauge")
		out, err := exec.CommandContext(ctx, "go", "build", "-o", h.ours, "github.com/smtpgauge/smtpgauge/cmd/smtpgauge").CombinedOutput()
		if err != nil {
			return fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
	full := load{sessions: 50, length: 2 * time.Second}
	result, err := h.gauge(ctx, full, h.command)
	if err != nil {
		return fmt.Errorf("finding the capacity: %w", err)
	}
	h.rate = result.Flows[flow].Rate / 2
	if h.rate < 1 {
		return errors.New("finding the capacity: no message was accepted")
	}
	return nil
}

func names() []string {
	var all []string
	for _, c := range circumstances {
		all = append(all, c.name)
	}
	return all
}

// choose finds circumstances by their names; none given means all.
func choose(list string) ([]circumstance, error) {
	if list == "" {
		return circumstances, nil
	}
	var chosen []circumstance
	for name := range strings.SplitSeq(list, ",") {
		i := slices.Index(names(), name)
		if i < 0 {
			return nil, fmt.Errorf("no circumstance %q: there are %s", name, strings.Join(names(), ", "))
		}
		chosen = append(chosen, circumstances[i])
	}
	return chosen, nil
}
