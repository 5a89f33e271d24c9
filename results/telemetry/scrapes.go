package telemetry

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// The bounds of the wait for a last scrape: a scrape that is due comes within the
// first, and the second is more than the minute that Prometheus waits between scrapes
// unless it is configured otherwise.
const (
	minPatience = 5 * time.Second
	maxPatience = 90 * time.Second
)

// scrapes keep when Prometheus scraped. If the metrics were gone before its next
// scrape, it would miss the last seconds of a run.
type scrapes struct {
	mu    sync.Mutex
	last  time.Time     // when the last one began; zero if there was none
	gap   time.Duration // the longest between two
	ended bool          // the metrics do not change any more
	until time.Time     // how long to wait for one more scrape
	seen  chan struct{} // closed after a scrape of the last values
}

// wrap notes the scrapes among the requests that next answers.
func (s *scrapes) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A scraper says how long a scrape may take. A person with a browser
		// does not, and the end does not wait for one.
		patience, err := time.ParseDuration(r.Header.Get("X-Prometheus-Scrape-Timeout-Seconds") + "s")
		if err != nil {
			next.ServeHTTP(w, r)
			return
		}
		last := s.begin(time.Now())
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		next.ServeHTTP(w, r)
		// A scraper that has given up keeps nothing of what it was sent.
		if last && ctx.Err() == nil {
			s.markSeen()
		}
	})
}

// begin notes a scrape, and tells whether it gets the last values.
func (s *scrapes) begin(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.last.IsZero() {
		s.gap = max(s.gap, now.Sub(s.last))
	}
	s.last = now
	return s.ended
}

// markSeen ends the wait for a last scrape.
func (s *scrapes) markSeen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.seen:
	default:
		close(s.seen)
	}
}

// end says that the metrics do not change any more. It returns until when to wait for
// one more scrape: twice the longest time between two, within the bounds.
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

// await waits for a scrape of the last values, or until skip is closed.
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
