package telemetry

import (
	"io"

	"google.golang.org/grpc/grpclog"
)

// What gRPC logs by itself, if GRPC_GO_LOG_SEVERITY_LEVEL is set, would go to
// stderr at any time. It wants to be told before it is used at all.
func init() { grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard)) }
