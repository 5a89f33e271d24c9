//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/results/figures"
)

// A load is what the generator has to do.
type load struct {
	rate       float64 // messages a second; 0 for a closed load
	sessions   int     // under open load, at most
	perSession int     // messages; 0 for as many as the load lasts for
	length     time.Duration
}

const flow = "judged"

// text returns the load as a scenario.
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

// serve starts a sink, and writes a scenario that loads it.
func (j *judge) serve(ctx context.Context, l load) (scenario string, sink *harness.Server, err error) {
	if sink, err = j.Sink(ctx); err != nil {
		return "", nil, err
	}
	if scenario, err = j.Scenario(l.text(sink.Port)); err != nil {
		return "", nil, errors.Join(err, sink.Close())
	}
	return scenario, sink, nil
}

// gauge runs the generator with a load and reads its result. An invalid run is a result too.
func (j *judge) gauge(ctx context.Context, l load, command func(ctx context.Context, args ...string) *exec.Cmd) (*figures.Result, error) {
	scenario, sink, err := j.serve(ctx, l)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.length+time.Minute)
	defer cancel()
	out, err := harness.Outcome(command(ctx, j.RunArgs(scenario)...))
	if err := errors.Join(err, sink.Close()); err != nil {
		return nil, err
	}
	var r figures.Result
	if err := json.Unmarshal(out, &r); err != nil {
		return nil, fmt.Errorf("result of smtpgauge: %w", err)
	}
	if r.Flows[flow] == nil {
		return nil, fmt.Errorf("the result of smtpgauge has no flow %s", flow)
	}
	return &r, nil
}
