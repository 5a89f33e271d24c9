package telemetry

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// The protocols of OTLP that a Push can use.
const (
	overHTTP = "http/protobuf"
	overGRPC = "grpc"
)

// A pushTarget is where and how OpenTelemetry's environment variables want metrics
// pushed. What else they say, about headers, certificates, limits and the resource,
// the exporter and the SDK read themselves.
type pushTarget struct {
	endpoint string // without a password and a query, which may be one
	protocol string
	interval time.Duration
	timeout  time.Duration // of one push
	secrets  []string      // what headers and a query say: a collector may quote it
}

// withoutSecrets is a text that may quote the collector, without the secrets that
// the collector was sent.
func (o *pushTarget) withoutSecrets(text string) string {
	for _, secret := range o.secrets {
		text = strings.ReplaceAll(text, secret, smtpwire.Redacted)
	}
	return text
}

// secretsIn lists the values of the headers and of an endpoint's user and query: each
// whole and by its words, decoded and as the environment has it. The longest are
// first, so that none is left in part.
func secretsIn(u *url.URL) []string {
	var all []string
	add := func(text string) {
		all = append(all, text)
		for _, unescape := range []func(string) (string, error){url.QueryUnescape, url.PathUnescape} {
			if plain, err := unescape(text); err == nil {
				all = append(append(all, plain), strings.Fields(plain)...)
			}
		}
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"} {
		for header := range strings.SplitSeq(os.Getenv(name), ",") {
			_, value, _ := strings.Cut(header, "=")
			add(strings.TrimSpace(value))
		}
	}
	add(u.RawQuery)
	for _, values := range u.Query() {
		for _, value := range values {
			add(value)
		}
	}
	if password, ok := u.User.Password(); ok {
		add(password)
	}
	all = slices.DeleteFunc(all, func(text string) bool { return len(text) < shortestSecret })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// shortestSecret keeps a short word in a header, such as "1", from being removed from
// every text.
const shortestSecret = 4

// targetFromEnvironment reads the environment; it returns nil if nothing is to be
// pushed. The variables of metrics are ahead of those of all signals.
func targetFromEnvironment() (*pushTarget, error) {
	name, endpoint := firstSet("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
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
	shown := *u
	shown.RawQuery, shown.Fragment = "", ""
	target := &pushTarget{endpoint: shown.Redacted(), protocol: overHTTP, secrets: secretsIn(u)}
	name, protocol := firstSet("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	switch protocol {
	case "":
	case overHTTP, overGRPC:
		target.protocol = protocol
	default:
		return nil, fmt.Errorf("%s is %q: use %s or %s", name, protocol, overHTTP, overGRPC)
	}
	if target.interval, err = milliseconds("OTEL_METRIC_EXPORT_INTERVAL", time.Minute); err != nil {
		return nil, err
	}
	target.timeout, err = milliseconds("OTEL_METRIC_EXPORT_TIMEOUT", 30*time.Second)
	return target, err
}

// firstSet returns the first of two variables that is set, and its value.
func firstSet(first, second string) (name, value string) {
	if value = os.Getenv(first); value != "" {
		return first, value
	}
	return second, os.Getenv(second)
}

// milliseconds reads a duration, or returns the one that OpenTelemetry specifies
// if none is set. A faulty one is an error: OpenTelemetry's own readers would take
// a minute in its place.
func milliseconds(name string, unset time.Duration) (time.Duration, error) {
	text := os.Getenv(name)
	if text == "" {
		return unset, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s is %q: want milliseconds, such as 10000", name, text)
	}
	return time.Duration(n) * time.Millisecond, nil
}
