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

// measured makes comparisons by the command, with real servers and loads.
type measured struct {
	*harness.Bench
	length time.Duration // of a round
	think  time.Duration // between messages
	rounds int           // of each side; 0 leaves it to the command
}

const flow = "judged"

// scenario writes the load of one side into a file. It is one session that waits for each
// reply, and always rests for the same time between messages. So if a server takes longer at
// RCPT, nothing but RCPT changes. Under open load the server would be idle for less time
// before MAIL. With pipelining the replies after RCPT would wait too, and would not arrive
// together any more.
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

// median returns the median time of a message over some rounds, without any change.
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
	args = append(args, "--all", "--format", "json", "-o", runs)
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

// countRuns counts the runs in a folder and the invalid ones among them, and removes the folder.
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
		if v := figures.Of(run).Verdict; !v.Valid {
			if o.invalid++; o.invalid == 1 {
				o.reason = v.Why()[0]
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
