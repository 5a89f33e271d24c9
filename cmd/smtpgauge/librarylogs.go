package main

import (
	"io"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"google.golang.org/grpc/grpclog"
)

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
