package telemetry

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// served serves the metrics of a run that has begun.
func served(t *testing.T) (*Server, *course) {
	t.Helper()
	c := newCourse(t)
	c.record()
	s, err := Serve("127.0.0.1:0", c.metrics)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.end(t)
		s.End(nil)
	})
	return s, c
}

// scrape asks for the metrics in a format.
func scrape(t *testing.T, s *Server, accept string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestFormats(t *testing.T) {
	s, _ := served(t)
	const accepted = `smtpgauge_messages_total{flow="inbound",outcome="rejected"} 1`
	for accept, want := range map[string]string{
		"":                             "text/plain; version=0.0.4",
		"application/openmetrics-text": "application/openmetrics-text",
		"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited": "application/vnd.google.protobuf",
	} {
		response, body := scrape(t, s, accept)
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(got, want) {
			t.Errorf("%q is answered by %s, %s", accept, response.Status, got)
		}
		if !strings.Contains(want, "protobuf") && !strings.Contains(string(body), accepted) {
			t.Errorf("%q is answered without %s:\n%s", accept, accepted, body)
		}
		if strings.Contains(want, "openmetrics") && !bytes.HasSuffix(body, []byte("# EOF\n")) {
			t.Errorf("OpenMetrics without its end:\n%s", body)
		}
	}
}

// TestProtobufHasNativeHistograms reads the format that Prometheus takes native
// histograms in; the classic buckets are there too.
func TestProtobufHasNativeHistograms(t *testing.T) {
	s, _ := served(t)
	response, body := scrape(t, s, "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	decoder := expfmt.NewDecoder(bytes.NewReader(body), expfmt.ResponseFormat(response.Header))
	for {
		var f dto.MetricFamily
		if err := decoder.Decode(&f); errors.Is(err, io.EOF) {
			t.Fatal("there are no message times")
		} else if err != nil {
			t.Fatal(err)
		}
		if f.GetName() == "smtpgauge_phase_seconds" {
			h := f.GetMetric()[0].GetHistogram()
			if len(h.GetPositiveSpan()) == 0 || len(h.GetBucket()) != len(bounds) || h.GetCreatedTimestamp() == nil {
				t.Errorf("%d native spans, %d classic buckets, created %v", len(h.GetPositiveSpan()), len(h.GetBucket()), h.GetCreatedTimestamp())
			}
			return
		}
	}
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = Serve(taken.Addr().String(), NewMetrics(twoFlows()))
	if !errors.Is(err, syscall.EADDRINUSE) || strings.Count(err.Error(), taken.Addr().String()) != 1 {
		t.Errorf("a port in use: %v", err)
	}
}

func TestServerIsGoneAtTheEnd(t *testing.T) {
	m := NewMetrics(twoFlows())
	s, err := Serve("127.0.0.1:0", m)
	if err != nil {
		t.Fatal(err)
	}
	s.End(nil)
	if connection, err := net.Dial("tcp", s.listener.Addr().String()); err == nil {
		connection.Close()
		t.Error("the port is open after the end")
	}
}

// BenchmarkScrape is what a scrape of two flows costs the machine that measures.
func BenchmarkScrape(b *testing.B) {
	c := newCourse(b)
	c.record()
	c.record()
	defer c.end(b)
	h := (&Server{}).handler(c.metrics)
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	var size int
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		size = w.Body.Len()
	}
	b.ReportMetric(float64(size), "octets")
}
