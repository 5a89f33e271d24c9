package watch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/listening"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/render/page"
)

// A Server serves the live page of one command, which may carry out several runs.
type Server struct {
	title    string
	http     *http.Server
	listener net.Listener
	served   chan struct{} // closed when it serves no more
	stream   stream
	run      run
}

// MaxConnections is how many connections a Server has open at a time. A browser takes one
// for the page and one for its events.
const MaxConnections = 2 * maxWatchers

// Descriptors is how many descriptors a Server takes at most.
const Descriptors = MaxConnections + listening.Descriptors

// How long a connection may take to ask, to read an answer or an event, and to ask
// again.
const (
	askLimit   = 5 * time.Second
	writeLimit = 5 * time.Second
	idleLimit  = 10 * time.Second
	endLimit   = 2 * time.Second // for all to read the end
)

// Serve starts to serve the page on an address that listening.ParseAddress returned. The
// error says why that address cannot be listened on.
func Serve(address, title string) (*Server, error) {
	listener, err := listening.On(address)
	if err != nil {
		return nil, fmt.Errorf("the live page cannot be served on %w", err)
	}
	s := &Server{title: printable.Text(title), listener: listener, served: make(chan struct{})}
	host, _, _ := net.SplitHostPort(address) // ParseAddress made it of both
	s.http = &http.Server{
		Handler:           s.handler(host),
		ReadHeaderTimeout: askLimit,
		ReadTimeout:       askLimit,
		WriteTimeout:      writeLimit, // anew for each event
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // about requests: their senders see the answer
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listening.Bound(listener, MaxConnections)) // until Close
	}()
	return s, nil
}

// URL is where the page is.
func (s *Server) URL() string { return listening.URL(s.listener) }

const eventsPath = "/events"

func (s *Server) handler(host string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET "+eventsPath, s.stream.serve)
	return guard(host, listening.RefuseBodies(mux))
}

// servePage sends the live page or, once there is one, the finished page.
func (s *Server) servePage(w http.ResponseWriter, _ *http.Request) {
	text := s.stream.finished()
	if text == "" {
		var live bytes.Buffer
		if err := page.WriteLive(&live, page.Live{Title: s.title, Events: eventsPath}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		text = live.String()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, text) // there is nobody to tell
}

// Watched tells whether anybody watches now.
func (s *Server) Watched() bool { return s.stream.watched() }

// Close ends serving. Those who watch get two seconds to read the end.
func (s *Server) Close() {
	s.stream.close()
	ctx, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // they had their time
	}
	<-s.served
}
