//go:build linux

package main

import (
	"context"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A truth has what the checks need.
type truth struct{ *harness.Bench }

// serve starts the server for a TLS mode. Without TLS it is the fast sink.
func (t *truth) serve(ctx context.Context, mode sample.TLSMode) (*harness.Server, error) {
	if mode == sample.TLSNone {
		return t.Sink(ctx)
	}
	return t.Lab(labserver.Config{Mode: mode})
}

// gauge runs the generator with a load and reads its result. An invalid run is a result too.
func (t *truth) gauge(ctx context.Context, l load, port string, mode sample.TLSMode) (*result, error) {
	text, err := l.text(port, mode, t.CA)
	if err != nil {
		return nil, err
	}
	file, err := t.Scenario(text)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.length+time.Minute)
	defer cancel()
	out, err := t.Outcome(ctx, t.RunArgs(file)...)
	if err != nil {
		return nil, err
	}
	return readResult(out)
}
