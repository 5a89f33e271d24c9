package telemetry

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/smtpgauge/smtpgauge/internal/listening"
)

// A Server is where Prometheus scrapes a run.
type Server struct {
	http     *http.Server
	listener net.Listener
	scrapes  scrapes
	served   chan struct{} // closed when it serves no more
}

// MaxConnections is how many connections a Server has open at a time; it closes any
// further one at once. Each takes a descriptor from the process that measures, whose
// sessions need them.
const MaxConnections = 32

// Descriptors is how many descriptors a Server takes at most.
const Descriptors = MaxConnections + listening.Descriptors

// maxRequests is how many requests are answered at a time: the machine has a load to
// make.
const maxRequests = 4

// How long a connection may take to ask, to read the answer, and to ask again.
// Prometheus asks once a minute or more often, and reconnects if its connection is
// closed.
const (
	askLimit    = 5 * time.Second
	answerLimit = 10 * time.Second
	idleLimit   = time.Minute + askLimit
)

// Serve starts to serve m on an address that listening.ParseAddress returned. The error says why
// that address cannot be listened on.
func Serve(address string, m *Metrics) (*Server, error) {
	listener, err := listening.On(address)
	if err != nil {
		return nil, fmt.Errorf("metrics cannot be served on %w", err)
	}
	return serve(listener, m), nil
}

func serve(listener net.Listener, m *Metrics) *Server {
	s := &Server{listener: listener, served: make(chan struct{})}
	s.http = &http.Server{
		Handler:           s.handler(m),
		ReadHeaderTimeout: askLimit,
		ReadTimeout:       askLimit,
		WriteTimeout:      answerLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // about requests: their senders see the answer
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listening.Bound(listener, MaxConnections)) // until End
	}()
	return s
}

func (s *Server) handler(m *Metrics) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.scrapes.wrap(promhttp.HandlerFor(m.registry(allBuckets), promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		DisableCompression:  true, // it would take CPU time, on the machine that measures
		MaxRequestsInFlight: maxRequests,
	})))
	mux.Handle("GET /{$}", http.RedirectHandler("/metrics", http.StatusFound))
	return listening.RefuseBodies(mux)
}

// URL is where the metrics are: on 127.0.0.1 if the server listens on every address.
func (s *Server) URL() string { return listening.URL(s.listener) + "metrics" }

// End waits for a scrape of the last values, until the time that LastScrape returns or
// until skip is closed, and ends serving.
func (s *Server) End(skip <-chan struct{}) {
	s.scrapes.await(skip)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // after a second of asking
	}
	<-s.served
}

// LastScrape returns until when End would wait for one more scrape, and whether it
// would wait at all. Call it once the metrics do not change any more.
func (s *Server) LastScrape() (until time.Time, waits bool) { return s.scrapes.end() }
