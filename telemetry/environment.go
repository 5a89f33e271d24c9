package telemetry

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// The protocols of OTLP that are spoken.
const (
	overHTTP = "http/protobuf"
	overGRPC = "grpc"
)

// A pushOrder is what OpenTelemetry's environment variables ask for. What else
// they say, about headers, certificates, limits and the resource, the exporter
// reads itself.
type pushOrder struct {
	endpoint string // without a password
	protocol string
}

// orderedPush reads the environment: nil where nothing is to be pushed. The
// variables of the metrics are ahead of those of all signals.
func orderedPush() (*pushOrder, error) {
	name, endpoint := setOf("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	if endpoint == "" || strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return nil, nil
	}
	if exporters := os.Getenv("OTEL_METRICS_EXPORTER"); exporters != "" && !strings.Contains(exporters, "otlp") {
		return nil, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%s is no URL of a collector: use one such as http://127.0.0.1:4318", name)
	}
	order := &pushOrder{u.Redacted(), overHTTP}
	name, protocol := setOf("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	switch protocol {
	case "":
	case overHTTP, overGRPC:
		order.protocol = protocol
	default:
		return nil, fmt.Errorf("%s is %q: use %s or %s", name, protocol, overHTTP, overGRPC)
	}
	return order, checkInterval()
}

// setOf returns the first of two variables that is set, and its value.
func setOf(first, second string) (name, value string) {
	if value = os.Getenv(first); value != "" {
		return first, value
	}
	return second, os.Getenv(second)
}

// checkInterval keeps a faulty interval from being one of a minute.
func checkInterval() error {
	for _, name := range []string{"OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT"} {
		text := os.Getenv(name)
		if n, err := strconv.ParseInt(text, 10, 32); text != "" && (err != nil || n <= 0) {
			return fmt.Errorf("%s is %q: want milliseconds, such as 10000", name, text)
		}
	}
	return nil
}
