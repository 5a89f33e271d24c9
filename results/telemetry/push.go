package telemetry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	prometheusbridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// Values are cumulative, so the next push makes good for one that failed. Only the
// last is worth trying again, within the time that it may add to the end of a run.
const (
	lastPush    = 5 * time.Second
	retryFirst  = 500 * time.Millisecond
	retryAtMost = 2 * time.Second
)

// A Push sends the metrics of a run to a collector by OTLP, at the interval that
// OTEL_METRIC_EXPORT_INTERVAL says (a minute), and at the run's end. A nil *Push
// does nothing.
//
// It pushes by itself, and not by the SDK's periodic reader: that reports errors to
// a handler which all of a process share, and which is its program's to set.
type Push struct {
	target   pushTarget
	reader   *metric.ManualReader
	exporter metric.Exporter
	report   func(string)
	failed   sync.Once
	stop     context.CancelFunc // of the pushes while the run goes on
	stopped  chan struct{}      // closed when there are no more of them
}

// StartPush starts pushing m if OpenTelemetry's environment variables name an
// endpoint; otherwise it returns nil. A push must not disturb the run: its first
// failure goes to report, and is no error.
func StartPush(ctx context.Context, m *Metrics, report func(string)) *Push {
	target, err := targetFromEnvironment()
	if err != nil {
		report("metrics are not pushed: " + err.Error())
		return nil
	}
	if target == nil {
		return nil
	}
	p := &Push{target: *target, report: report, stopped: make(chan struct{})}
	if p.exporter, err = newExporter(ctx, target.protocol); err != nil {
		p.fail(err)
		return nil
	}
	kinds := classicBuckets
	if wantsExponential() {
		kinds = allBuckets
	}
	producer := prometheusbridge.NewMetricProducer(prometheusbridge.WithGatherer(m.registry(kinds)))
	p.reader = metric.NewManualReader(metric.WithProducer(producer))
	metric.NewMeterProvider(metric.WithReader(p.reader), metric.WithResource(p.resource(ctx))) // gives the reader its resource
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))                               // End ends it
	go p.repeat(ctx)
	return p
}

// repeat pushes at intervals, until ctx ends. That breaks off a push under way,
// which is no failure: End pushes once more.
func (p *Push) repeat(ctx context.Context) {
	defer close(p.stopped)
	ticker := time.NewTicker(p.target.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := p.push(ctx); err != nil && ctx.Err() == nil {
				p.fail(err)
			}
		}
	}
}

// push sends the values as they are now.
func (p *Push) push(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.target.timeout)
	defer cancel()
	var values metricdata.ResourceMetrics
	if err := p.reader.Collect(ctx, &values); err != nil {
		return err
	}
	return p.exporter.Export(ctx, &values)
}

// newExporter returns what speaks the protocol.
func newExporter(ctx context.Context, protocol string) (metric.Exporter, error) {
	if protocol == overGRPC {
		return otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig{
			Enabled: true, InitialInterval: retryFirst, MaxInterval: retryAtMost, MaxElapsedTime: lastPush,
		}))
	}
	return otlpmetrichttp.New(ctx, otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{
		Enabled: true, InitialInterval: retryFirst, MaxInterval: retryAtMost, MaxElapsedTime: lastPush,
	}))
}

// resource is who pushes: our own name, unless OTEL_RESOURCE_ATTRIBUTES or
// OTEL_SERVICE_NAME say another.
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
// which Prometheus' native ones are.
func wantsExponential() bool {
	return strings.EqualFold(os.Getenv("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"), "base2_exponential_bucket_histogram")
}

// String says where to, and how.
func (p *Push) String() string { return fmt.Sprintf("%s (%s)", p.target.endpoint, p.target.protocol) }

// End pushes the last values and ends pushing. It takes five seconds at most,
// and no longer than ctx lasts.
func (p *Push) End(ctx context.Context) {
	if p == nil {
		return
	}
	p.stop()
	<-p.stopped
	ctx, cancel := context.WithTimeout(ctx, lastPush)
	defer cancel()
	if err := errors.Join(p.push(ctx), p.reader.Shutdown(ctx), p.exporter.Shutdown(ctx)); err != nil {
		p.fail(err)
	}
}

// fail reports the first failure; the others would say the same.
func (p *Push) fail(err error) {
	p.failed.Do(func() {
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			err = errors.New("no answer in time")
		case errors.Is(err, context.Canceled):
			err = errors.New("interrupted")
		}
		p.report(fmt.Sprintf("metrics could not be pushed to %s: %s (further failures are not reported)", p.target.endpoint, oneLine(p.target.withoutSecrets(err.Error()))))
	})
}

// maxReason is how much of an error is shown, which may quote the collector.
const maxReason = 200

// oneLine makes a text of any origin one line of bounded length.
func oneLine(text string) string {
	text = printable.Text(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > maxReason {
		return string(r[:maxReason]) + "…"
	}
	return text
}
