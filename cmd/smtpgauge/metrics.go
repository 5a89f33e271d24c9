package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"google.golang.org/grpc/grpclog"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/internal/listening"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/telemetry"
)

// metricsHelp explains --metrics and its environment, in the help of the commands
// that have it.
const metricsHelp = `--metrics :9464 serves the run's metrics to Prometheus while the run goes on, at
/metrics on 127.0.0.1. To serve other machines, give an address as well, such as
0.0.0.0:9464. It accepts 32 connections at a time. If Prometheus has scraped, the
command waits at the end for one final scrape; ^C skips the wait. If
OpenTelemetry's OTEL_EXPORTER_OTLP_ENDPOINT is set, the metrics are pushed there.`

// An addressFlag is an address to listen on; "" for none.
type addressFlag string

func (f *addressFlag) String() string { return string(*f) }
func (f *addressFlag) Type() string   { return "string" }

func (f *addressFlag) Set(text string) error {
	address, err := listening.ParseAddress(text)
	*f = addressFlag(address)
	return err
}

// descriptors is how many open files a server on the address takes, which is so many at
// most.
func (f *addressFlag) descriptors(most uint64) uint64 {
	if *f == "" {
		return 0
	}
	return most
}

// An exposure is the metrics of a run under way, and the two ways to show them to
// others. A nil server or push was not asked for.
type exposure struct {
	metrics *telemetry.Metrics
	server  *telemetry.Server
	push    *telemetry.Push
	stderr  io.Writer
}

// expose begins to show a run of p that is about to start. It prints where.
func expose(ctx context.Context, p *loadgen.Plan, address addressFlag, stderr io.Writer) (*exposure, error) {
	e := &exposure{metrics: telemetry.NewMetrics(p), stderr: stderr}
	if address != "" {
		var err error
		if e.server, err = telemetry.Serve(string(address), e.metrics); err != nil {
			return nil, err
		}
		fmt.Fprintf(stderr, "metrics: %s\n", e.server.URL())
	}
	e.push = telemetry.StartPush(ctx, e.metrics, func(text string) { fmt.Fprintf(stderr, "warning: %s\n", text) })
	if e.push != nil {
		fmt.Fprintf(stderr, "metrics: pushed to %s\n", e.push)
	}
	return e, nil
}

// watched reports whether the metrics are shown to anybody.
func (e *exposure) watched() bool { return e.server != nil || e.push != nil }

// observe adds an interval.
func (e *exposure) observe(i *record.Progress) {
	if e.watched() {
		e.metrics.Observe(i)
	}
}

// finish adds the figures of the whole run.
func (e *exposure) finish(result *gauge.Result) {
	if e.watched() {
		e.metrics.Finish(result.Figures)
	}
}

// end waits until the last values were scraped and pushed, unless the user stops it.
func (e *exposure) end(stop interruption) {
	e.push.End(stop.ctx)
	if e.server == nil {
		return
	}
	if until, waits := e.server.LastScrape(); waits && !stop.draining() {
		fmt.Fprintf(e.stderr, "metrics: waiting for the last scrape, until %s at most; ^C skips it\n", until.Format(time.TimeOnly))
	}
	e.server.End(stop.drain)
}

// The libraries that push metrics log by loggers that the whole process shares, so
// they are the program's to set, before anything uses them. What they log would go
// to stderr at any time, in the middle of the progress display, and show headers
// that cannot be read, which are secrets. What fails in a push, telemetry.Push
// reports.
func init() {
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
}
