//go:build linux

package main

import (
	"context"

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
