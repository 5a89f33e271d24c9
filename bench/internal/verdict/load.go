//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
	"github.com/smtpgauge/smtpgauge/results"
)

// A load is what the generator is told to do.
type load struct {
	rate       float64 // messages a second; 0 for a closed load
	sessions   int     // open: at most
	perSession int     // messages; 0 for as long as it lasts
	length     time.Duration
}

const flow = "judged"

// text is the load as a scenario.
func (l load) text(port string) string {
	work := fmt.Sprintf("sessions: %d", l.sessions)
	if l.rate > 0 {
		work = fmt.Sprintf("rate: %.0f messages/s, max_sessions: %d", l.rate, l.sessions)
	}
	return fmt.Sprintf(`name: verdict
target: {host: 127.0.0.1}
flows:
  %s:
    port: %s
    tls: none
    load: {%s, duration: %v}
    session: {messages: %d}
    message: {size: 1KiB}
    envelope: {from: bench@example.test, to: bench@example.test}
`, flow, port, work, l.length, l.perSession)
}

// serve starts a sink and writes the load against it into a file.
func (h *harness) serve(ctx context.Context, l load) (scenario string, stop func() error, err error) {
	sink, err := yardstick.StartSink(ctx, h.sink, h.dir)
	if err != nil {
		return "", nil, err
	}
	stop = func() error { _, err := sink.Stop(); return err }
	_, port, err := net.SplitHostPort(sink.Addr)
	if err == nil {
		scenario = filepath.Join(h.dir, "verdict.yaml")
		err = os.WriteFile(scenario, []byte(l.text(port)), 0o600)
	}
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return scenario, stop, nil
}

// gauge runs the generator with a load and reads its result. Exit 1 may mean
// that it calls its own run invalid, which is what is looked for.
func (h *harness) gauge(ctx context.Context, l load, command func(ctx context.Context, args ...string) *exec.Cmd) (*results.Result, error) {
	scenario, stop, err := h.serve(ctx, l)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.length+time.Minute)
	defer cancel()
	cmd := command(ctx, "run", scenario, "--quiet", "--format", "json", "-o", filepath.Join(h.dir, "verdict.jsonl"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	stopped := stop()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || len(out) == 0) {
		return nil, fmt.Errorf("smtpgauge: %w\n%s", err, stderr.String())
	}
	if stopped != nil {
		return nil, stopped
	}
	var r results.Result
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, fmt.Errorf("result of smtpgauge: %w", err)
	}
	if r.Flows[flow] == nil {
		return nil, fmt.Errorf("the result of smtpgauge has no flow %s", flow)
	}
	return &r, nil
}
