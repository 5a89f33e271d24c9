//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// measured makes comparisons by the command, with servers and loads that are
// real.
type measured struct {
	*harness.Bench
	length time.Duration // of a round
	think  time.Duration // between messages
	rounds int           // a side; 0 for as many as the command chooses
}

const flow = "judged"

// scenario writes the load of one side into a file. It is one session that
// rests between messages, always as long, and waits for each reply: then all
// that changes with a server that takes longer at RCPT is RCPT. Under an open
// load the server would have been idle for less time before MAIL; and with
// pipelining, what comes after RCPT waits with it, and replies arrive apart
// that came in one piece.
func (lab *measured) scenario(name string, port int) (string, error) {
	file := filepath.Join(lab.Dir, name+".yaml")
	return file, os.WriteFile(file, fmt.Appendf(nil, `name: %s
target: {host: 127.0.0.1}
flows:
  %s:
    port: %d
    tls: none
    load: {sessions: 1, duration: %v}
    session: {messages: 20, think: %v, pipelining: off}
    message: {size: 1KiB}
    envelope: {from: bench@example.test, to: bench@example.test}
`, name, flow, port, lab.length, lab.think), 0o600)
}

// median is that of the times of messages, without any change, over
// some rounds.
func (lab *measured) median(ctx context.Context) (time.Duration, error) {
	servers, err := startPair(ctx, 0)
	if err != nil {
		return 0, err
	}
	file, err := lab.scenario("median", servers.ports[0])
	var out []byte
	if err == nil {
		out, err = lab.command(ctx, "run", file, "--repeat", "5", "--format", "json", "-o", filepath.Join(lab.Dir, "median.jsonl"))
	}
	if err := errors.Join(err, servers.stop()); err != nil {
		return 0, err
	}
	var r figures.Result
	if err := json.Unmarshal(out, &r); err != nil {
		return 0, fmt.Errorf("result of smtpgauge: %w", err)
	}
	f := r.Flows[flow]
	if f == nil || f.Phases["message"] == nil {
		return 0, fmt.Errorf("the result of smtpgauge has no message of flow %s", flow)
	}
	return f.Phases["message"].Service.P50, nil
}

// compare makes one comparison.
func (lab *measured) compare(ctx context.Context, c *change, added time.Duration, n int) (o *outcome, err error) {
	servers, err := startPair(ctx, added)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, servers.stop()) }()
	args := []string{"ab"}
	for side, name := range []string{"base", "new"} {
		file, err := lab.scenario(name, servers.ports[side])
		if err != nil {
			return nil, err
		}
		args = append(args, file)
	}
	runs := filepath.Join(lab.Dir, fmt.Sprintf("%s-%d", c.name, n+1))
	args = append(args, "--format", "json", "-o", runs)
	if c.minEffect > 0 {
		args = append(args, "--min-effect", fmt.Sprintf("%g%%", 100*c.minEffect))
	}
	if lab.rounds > 0 {
		args = append(args, "--repeat", strconv.Itoa(lab.rounds))
	}
	began := time.Now()
	out, err := lab.command(ctx, args...)
	if err != nil {
		return nil, err
	}
	var comparison compare.Comparison
	if err := json.Unmarshal(out, &comparison); err != nil {
		return nil, fmt.Errorf("comparison of smtpgauge: %w", err)
	}
	if o, err = c.judge(&comparison); err != nil {
		return nil, err
	}
	o.took = time.Since(began)
	return o, o.countRuns(runs)
}

// countRuns counts the runs in a folder, and those that are invalid, and removes
// them.
func (o *outcome) countRuns(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		return err
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		run, err := record.ReadCourse(bytes.NewReader(content))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		o.runs++
		if v := figures.Of(run).Validity; !v.Valid {
			if o.invalid++; o.invalid == 1 {
				o.reason = v.Reasons[0]
			}
		}
	}
	return os.RemoveAll(folder)
}

// command runs the generator and returns what it prints.
func (lab *measured) command(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	return lab.Outcome(ctx, append(args, "--quiet")...)
}
