package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ParseAddress reads "HOST:PORT", ":PORT" or "PORT". The host defaults to 127.0.0.1,
// as OpenTelemetry has it for an exporter on this port: other machines can scrape only
// if the address says so. The error says what is wrong with the text.
func ParseAddress(text string) (string, error) {
	host, port := "", text
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", fmt.Errorf("want [HOST]:PORT, such as :9464 or 0.0.0.0:9464")
		}
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("port %q: want a number from 0, which takes a free one, to 65535", port)
	} else if port = strconv.FormatUint(n, 10); host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// A Server is where Prometheus scrapes a run.
type Server struct {
	http     *http.Server
	listener net.Listener
	scrapes  scrapes
	served   chan struct{} // closed when it serves no more
}

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

// Serve starts to serve m on an address that ParseAddress returned. The error says why
// that address cannot be listened on.
func Serve(address string, m *Metrics) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		var failed *net.OpError
		if errors.As(err, &failed) {
			err = failed.Err // the message has the address
		}
		return nil, fmt.Errorf("metrics cannot be served on %s: %w", address, err)
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
		_ = s.http.Serve(newBoundListener(listener, MaxConnections)) // until End
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
	return refuseBodies(mux)
}

// refuseBodies refuses requests with a body. Nothing here uses one, and the server
// would read it to the end of the request.
func refuseBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			w.Header().Set("Connection", "close")
			http.Error(w, "a request for metrics has no body", http.StatusRequestEntityTooLarge)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// URL is where the metrics are: on 127.0.0.1 if the server listens on every address.
func (s *Server) URL() string {
	a := s.listener.Addr().(*net.TCPAddr)
	host := a.IP.String()
	if a.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(a.Port)) + "/metrics"
}

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
