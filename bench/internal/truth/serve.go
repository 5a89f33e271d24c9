//go:build linux

package main

import (
	"context"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
)

// A truth has what the checks need.
type truth struct{ *harness.Bench }

// serve starts what a way of connecting needs: "" plain, or a TLS mode.
func (t *truth) serve(ctx context.Context, secure string) (*harness.Server, error) {
	switch secure {
	case "implicit":
		return t.Lab(labserver.Config{Mode: labserver.Implicit})
	case "starttls":
		return t.Lab(labserver.Config{Mode: labserver.StartTLS})
	}
	return t.Sink(ctx)
}

// gauge runs the generator with a load and reads its result. One that calls its
// own run invalid is a result too, and says so.
func (t *truth) gauge(ctx context.Context, l load, port, secure string) (*result, error) {
	text, err := l.text(port, secure, t.CA)
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
