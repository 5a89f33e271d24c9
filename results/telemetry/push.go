package telemetry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	prometheusbridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// Values are cumulative, so that a push that failed is made good by the next
// one, and only the last is worth trying again: within the time that the end of
// a run may take longer for it.
const (
	lastPush    = 5 * time.Second
	retryFirst  = 500 * time.Millisecond
	retryAtMost = 2 * time.Second
)

// A Push sends the metrics of a run to a collector by OTLP, at the interval
// OTEL_METRIC_EXPORT_INTERVAL says (a minute), and at the run's end. A nil
// *Push does nothing.
type Push struct {
	order    pushOrder
	provider *metric.MeterProvider
	report   func(string)
	failed   sync.Once
	ending   atomic.Bool
}

// StartPush starts pushing m where OpenTelemetry's environment variables name
// an endpoint; otherwise it returns nil. A push must not disturb the run: what
// is wrong with it, the first time something is, is told to report and is no
// error.
func StartPush(ctx context.Context, m *Metrics, report func(string)) *Push {
	order, err := orderedPush()
	if err != nil {
		report("metrics are not pushed: " + err.Error())
		return nil
	}
	if order == nil {
		return nil
	}
	p := &Push{order: *order, report: report}
	// What the SDK logs by itself would go to stderr at any time, and show
	// headers that it cannot read, which are secrets.
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(p.meanwhile))
	exporter, err := p.exporter(ctx)
	if err != nil {
		p.fail(err)
		return nil
	}
	producer := prometheusbridge.NewMetricProducer(prometheusbridge.WithGatherer(m.registry(wantsExponential())))
	who := p.resource(ctx)
	reader := metric.NewPeriodicReader(exporter, metric.WithProducer(producer))
	p.provider = metric.NewMeterProvider(metric.WithReader(reader), metric.WithResource(who))
	return p
}

// meanwhile takes an error of a push that the SDK made by itself.
func (p *Push) meanwhile(err error) {
	switch {
	case p.ending.Load(): // the end breaks off a push that is under way, and makes its own
	case errors.Is(err, metric.ErrReaderNotRegistered): // an interval was over before all was set up
	default:
		p.fail(err)
	}
}

// exporter makes what speaks the protocol.
func (p *Push) exporter(ctx context.Context) (metric.Exporter, error) {
	if p.order.protocol == overGRPC {
		return otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig{
			Enabled: true, InitialInterval: retryFirst, MaxInterval: retryAtMost, MaxElapsedTime: lastPush,
		}))
	}
	return otlpmetrichttp.New(ctx, otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{
		Enabled: true, InitialInterval: retryFirst, MaxInterval: retryAtMost, MaxElapsedTime: lastPush,
	}))
}

// resource is who pushes: OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME over
// what we say ourselves.
func (p *Push) resource(ctx context.Context) *resource.Resource {
	own := resource.NewSchemaless(attribute.String("service.name", "smtpgauge"))
	given, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		p.fail(err)
	}
	merged, err := resource.Merge(own, given)
	if err != nil {
		p.fail(err)
	}
	return merged
}

// wantsExponential tells whether histograms are to have exponential buckets,
// of which a distribution's native ones are some.
func wantsExponential() bool {
	return strings.EqualFold(os.Getenv("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"), "base2_exponential_bucket_histogram")
}

// String says where to, and how.
func (p *Push) String() string { return fmt.Sprintf("%s (%s)", p.order.endpoint, p.order.protocol) }

// End pushes the last values and ends pushing. It takes five seconds at most,
// and no longer than ctx lasts.
func (p *Push) End(ctx context.Context) {
	if p == nil {
		return
	}
	p.ending.Store(true)
	ctx, cancel := context.WithTimeout(ctx, lastPush)
	defer cancel()
	if err := p.provider.Shutdown(ctx); err != nil {
		p.fail(err)
	}
}

// fail tells of the first failure; the others would say the same.
func (p *Push) fail(err error) {
	p.failed.Do(func() {
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			err = errors.New("no answer in time")
		case errors.Is(err, context.Canceled):
			err = errors.New("broken off")
		}
		p.report(fmt.Sprintf("metrics could not be pushed to %s: %s (more of this is not told)", p.order.endpoint, oneLine(p.order.withoutSecrets(err.Error()))))
	})
}

// maxReason is how much of an error is told, which may quote the collector.
const maxReason = 200

// oneLine makes a text of any origin one line of bounded length.
func oneLine(text string) string {
	text = printable.Text(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > maxReason {
		return string(r[:maxReason]) + "…"
	}
	return text
}
