package telemetry

import (
	"net/http"
	"sync"
	"time"
)

// The bounds of the wait for a last scrape: no scraper is so busy that it takes
// longer than the first for one that is due, and the other is more than the
// minute that Prometheus lets pass where nothing else is configured.
const (
	minPatience = 5 * time.Second
	maxPatience = 90 * time.Second
)

// scrapes know when Prometheus was here. What a run comes to in its last
// seconds would be lost to it if the metrics were gone before the next scrape.
type scrapes struct {
	mu    sync.Mutex
	last  time.Time     // when the last one began; zero where there was none
	gap   time.Duration // the longest between two
	ended bool          // the metrics are the last ones
	until time.Time     // how long to wait for one more
	seen  chan struct{} // closed when one has seen them
}

// watch looks at the requests that next answers.
func (s *scrapes) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Who comes at intervals says how long each may take; a person with a
		// browser does not, and is not to be waited for.
		regular := r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds") != ""
		last := regular && s.begin(time.Now())
		next.ServeHTTP(w, r)
		if last {
			s.markSeen()
		}
	})
}

// note notes a scrape, and tells whether it sees the last values.
func (s *scrapes) begin(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.last.IsZero() {
		s.gap = max(s.gap, now.Sub(s.last))
	}
	s.last = now
	return s.ended
}

func (s *scrapes) markSeen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.seen:
	default:
		close(s.seen)
	}
}

// end says that the metrics are the last ones, and tells until when one more
// scrape is to be waited for: twice as long as it ever took to the next one,
// within the bounds.
func (s *scrapes) end() (until time.Time, waits bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended, s.seen = true, make(chan struct{})
		patience := maxPatience
		if s.gap > 0 {
			patience = min(patience, max(minPatience, 2*s.gap))
		}
		s.until = s.last.Add(patience)
	}
	return s.until, !s.last.IsZero() && time.Now().Before(s.until)
}

// await waits for the scrape that sees the last values.
func (s *scrapes) await(skip <-chan struct{}) {
	until, waits := s.end()
	if !waits {
		return
	}
	patience := time.NewTimer(time.Until(until))
	defer patience.Stop()
	select {
	case <-s.seen:
	case <-patience.C:
	case <-skip:
	}
}
