package telemetry

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/figures"

	collector "go.opentelemetry.io/proto/otlp/collector/metrics/v1"

	common "go.opentelemetry.io/proto/otlp/common/v1"

	otlp "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// A receiver takes what is pushed, as a collector does.
type receiver struct {
	collector.UnimplementedMetricsServiceServer
	mu       sync.Mutex
	headers  http.Header
	path     string
	pushes   []*otlp.ResourceMetrics
	received chan struct{} // holds one while something was received
}

func newReceiver() *receiver { return &receiver{received: make(chan struct{}, 1)} }

// ServeHTTP takes a push by HTTP.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var body io.Reader = q.Body
	if q.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(q.Body)
	}
	data, err := io.ReadAll(body)
	var push collector.ExportMetricsServiceRequest
	if err != nil || proto.Unmarshal(data, &push) != nil || q.Header.Get("Content-Type") != "application/x-protobuf" {
		http.Error(w, "not what OTLP is", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.headers, r.path = q.Header, q.URL.Path
	r.mu.Unlock()
	_, _ = r.Export(q.Context(), &push)
}

// Export takes a push by gRPC.
func (r *receiver) Export(_ context.Context, push *collector.ExportMetricsServiceRequest) (*collector.ExportMetricsServiceResponse, error) {
	r.mu.Lock()
	r.pushes = append(r.pushes, push.GetResourceMetrics()...)
	r.mu.Unlock()
	select {
	case r.received <- struct{}{}:
	default:
	}
	return &collector.ExportMetricsServiceResponse{}, nil
}

// last is the last push, by the names of its metrics.
func (r *receiver) last(t *testing.T) (resource []*common.KeyValue, metrics map[string]*otlp.Metric) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pushes) == 0 {
		t.Fatal("nothing was pushed")
	}
	push := r.pushes[len(r.pushes)-1]
	metrics = map[string]*otlp.Metric{}
	for _, scope := range push.GetScopeMetrics() {
		for _, m := range scope.GetMetrics() {
			metrics[m.GetName()] = m
		}
	}
	return push.GetResource().GetAttributes(), metrics
}

// attribute finds one by its name; "" where there is none.
func attributeOf(list []*common.KeyValue, name string) string {
	for _, a := range list {
		if a.GetKey() == name {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// environment sets OpenTelemetry's variables, and no others of it.
func environment(t *testing.T, variables map[string]string) {
	t.Helper()
	for _, name := range []string{
		"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL",
		"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_COMPRESSION",
		"OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
		"OTEL_METRICS_EXPORTER", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED",
	} {
		t.Setenv(name, variables[name])
	}
}

// start starts a push, and returns what it reports.
func start(t *testing.T, c *course) (*Push, *[]string) {
	t.Helper()
	var mu sync.Mutex
	said := new([]string)
	return StartPush(t.Context(), c.metrics, func(text string) {
		mu.Lock()
		defer mu.Unlock()
		*said = append(*said, text)
	}), said
}

func TestPush(t *testing.T) {
	r := newReceiver()
	server := httptest.NewServer(r)
	defer server.Close()
	environment(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL + "/base", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20hush",
		"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_METRIC_EXPORT_INTERVAL": "20",
		"OTEL_SERVICE_NAME": "nightly", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=lab",
	})
	c := newCourse(t)
	p, said := start(t, c)
	<-r.received // while it goes on
	c.record()
	c.record()
	run := c.end(t)
	p.End(t.Context())
	resource, metrics := r.last(t)
	if attributeOf(resource, "service.name") != "nightly" || attributeOf(resource, "deployment.environment") != "lab" {
		t.Errorf("resource %v", resource)
	}
	if r.path != "/base/v1/metrics" || r.headers.Get("Authorization") != "Bearer hush" {
		t.Errorf("pushed to %s with authorization %q", r.path, r.headers.Get("Authorization"))
	}
	if strings.Contains(p.String(), "hush") || len(*said) > 0 {
		t.Errorf("said %q, shown as %s", *said, p)
	}
	messages := metrics["smtpgauge_messages_total"].GetSum()
	if !messages.GetIsMonotonic() || messages.GetAggregationTemporality() != otlp.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE {
		t.Errorf("messages are %v", messages)
	}
	for _, point := range messages.GetDataPoints() {
		if attributeOf(point.GetAttributes(), "flow") == "relay" && attributeOf(point.GetAttributes(), "outcome") == "accepted" {
			if want := figures.Of(run).Flows["relay"].Messages.Accepted; point.GetAsDouble() != float64(want) || want != 10 {
				t.Errorf("%v messages accepted at the end, want %d", point.GetAsDouble(), want)
			}
			if point.GetStartTimeUnixNano() != uint64(c.metrics.created.UnixNano()) {
				t.Errorf("messages are counted from %d, want the run's start", point.GetStartTimeUnixNano())
			}
		}
	}
	times := metrics["smtpgauge_phase_seconds"].GetHistogram().GetDataPoints()
	if len(times) == 0 || len(times[0].GetExplicitBounds()) != len(bounds) {
		t.Errorf("times %v, want classic buckets", times)
	}
	if metrics["smtpgauge_run_valid"] == nil {
		t.Error("the last push is without what the run came to")
	}
}

// The first failure is reported, and the others are not.
func TestFirstFailureOfPushesIsReported(t *testing.T) {
	var said []string
	p := &Push{report: func(text string) { said = append(said, text) }}
	p.fail(io.ErrUnexpectedEOF)
	p.fail(io.ErrUnexpectedEOF)
	if len(said) != 1 || !strings.Contains(said[0], "unexpected EOF") {
		t.Errorf("said %q, want the first failure", said)
	}
}

// The end of a run breaks off a push that is under way, and makes its own. That is
// no failure.
func TestEndBreaksOffAPushSilently(t *testing.T) {
	r, begun := newReceiver(), make(chan struct{})
	var first sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		hangs := false
		first.Do(func() { hangs = true })
		if !hangs {
			r.ServeHTTP(w, q)
			return
		}
		_, _ = io.Copy(io.Discard, q.Body) // so that the server sees the client go
		close(begun)
		<-q.Context().Done()
	}))
	defer server.Close()
	environment(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_METRIC_EXPORT_INTERVAL": "1"})
	c := newCourse(t)
	p, said := start(t, c)
	<-begun
	c.record()
	c.end(t)
	p.End(t.Context())
	if _, metrics := r.last(t); metrics["smtpgauge_run_valid"] == nil || len(*said) > 0 {
		t.Errorf("pushed %d metrics at the end, said %q", len(metrics), *said)
	}
}

func TestPushOfExponentialHistograms(t *testing.T) {
	r := newReceiver()
	server := httptest.NewServer(r)
	defer server.Close()
	environment(t, map[string]string{
		"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT":                      server.URL + "/as/it/is",
		"OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
	})
	c := newCourse(t)
	p, said := start(t, c)
	c.record()
	c.end(t)
	p.End(t.Context())
	resource, metrics := r.last(t)
	if r.path != "/as/it/is" || attributeOf(resource, "service.name") != "smtpgauge" || len(*said) > 0 {
		t.Errorf("pushed to %s from %v, said %q", r.path, resource, *said)
	}
	points := metrics["smtpgauge_generator_late_seconds"].GetExponentialHistogram().GetDataPoints()
	if len(points) != 1 || points[0].GetScale() != nativeSchema || points[0].GetCount() != 10 {
		t.Errorf("lateness %v, want 10 samples in exponential buckets", points)
	}
}

func TestPushByGRPC(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, server := newReceiver(), grpc.NewServer()
	collector.RegisterMetricsServiceServer(server, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	defer func() { server.Stop(); <-done }()
	environment(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://" + listener.Addr().String(), "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
	})
	c := newCourse(t)
	p, said := start(t, c)
	c.record()
	c.end(t)
	p.End(t.Context())
	if _, metrics := r.last(t); metrics["smtpgauge_messages_total"] == nil || len(*said) > 0 {
		t.Errorf("pushed %d metrics, said %q", len(metrics), *said)
	}
}

// A collector may say back the secrets it was sent.
func TestNoSecretOfAPushIsTold(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "denied: "+r.Header.Get("Authorization")+" "+r.URL.RawQuery, http.StatusForbidden)
	}))
	defer server.Close()
	environment(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL + "/?token=Qu3ryT0ken", "OTEL_METRIC_EXPORT_INTERVAL": "100000",
		"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20S3cretPassw0rd",
	})
	c := newCourse(t)
	p, said := start(t, c)
	c.record()
	c.end(t)
	p.End(t.Context())
	if all := strings.Join(*said, "\n") + p.String(); len(*said) != 1 || !strings.Contains(all, "denied: <redacted>") || strings.Contains(all, "S3cret") || strings.Contains(all, "Qu3ry") {
		t.Errorf("said %q of %s", *said, p)
	}
}

// TestCollectorThatIsDown wants a run that does not notice, and one line.
func TestCollectorThatIsDown(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"refuses": nil,
		"fails": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no\nroom\x1b[2J", http.StatusInsufficientStorage)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			defer server.Close()
			if handler == nil {
				server.Close()
			}
			environment(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_METRIC_EXPORT_INTERVAL": "1"})
			c := newCourse(t)
			p, said := start(t, c)
			c.record()
			c.end(t)
			p.End(t.Context())
			if len(*said) != 1 || strings.ContainsAny((*said)[0], "\n\x1b") || !strings.Contains((*said)[0], "could not be pushed to "+server.URL) {
				t.Errorf("said %q, want one line", *said)
			}
		})
	}
}

// TestCollectorThatHangs wants an end that comes all the same.
func TestCollectorThatHangs(t *testing.T) {
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer server.Close()
	defer close(hold)
	for _, protocol := range []string{overHTTP, overGRPC} {
		environment(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_EXPORTER_OTLP_PROTOCOL": protocol})
		c := newCourse(t)
		p, said := start(t, c)
		c.record()
		c.end(t)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		p.End(ctx)
		if len(*said) != 1 {
			t.Errorf("%s: said %q, want one line", protocol, *said)
		}
	}
}

func TestNoPush(t *testing.T) {
	const endpoint = "http://127.0.0.1:4318"
	c := newCourse(t)
	defer c.end(t)
	for _, test := range []struct {
		variables map[string]string
		says      string // "" for nothing
	}{
		{nil, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_SDK_DISABLED": "TRUE"}, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_METRICS_EXPORTER": "none"}, ""},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, `OTEL_EXPORTER_OTLP_PROTOCOL is "http/json": use http/protobuf or grpc`},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "user:hush@collector"}, "OTEL_EXPORTER_OTLP_ENDPOINT is no URL"},
		{map[string]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is no URL"},
		{map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_METRIC_EXPORT_INTERVAL": "10s"}, `OTEL_METRIC_EXPORT_INTERVAL is "10s": want milliseconds`},
	} {
		environment(t, test.variables)
		p, said := start(t, c)
		if p != nil {
			t.Errorf("%v is pushed", test.variables)
		}
		p.End(t.Context()) // of nothing
		reported := slices.ContainsFunc(*said, func(line string) bool { return strings.Contains(line, test.says) })
		if test.says == "" && len(*said) > 0 || test.says != "" && (len(*said) != 1 || !reported) || strings.Contains(strings.Join(*said, ""), "hush") {
			t.Errorf("%v: said %q, want %q", test.variables, *said, test.says)
		}
	}
}
