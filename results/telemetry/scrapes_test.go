package telemetry

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// visit asks for the metrics once, as Prometheus does or as a person does.
func visit(h http.Handler, regular bool) {
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	if regular {
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
	}
	h.ServeHTTP(httptest.NewRecorder(), r)
}

// waited runs scrapes before the end and after it, in virtual time, and returns
// how long the end took.
func waited(t *testing.T, before func(h http.Handler), after func(h http.Handler, skip chan struct{})) time.Duration {
	t.Helper()
	var took time.Duration
	synctest.Test(t, func(*testing.T) {
		var s scrapes
		h := s.wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		before(h)
		ended := time.Now()
		skip := make(chan struct{})
		go after(h, skip)
		s.end()
		s.await(skip)
		took = time.Since(ended)
	})
	return took
}

func nothing(http.Handler, chan struct{}) {}

func TestEndWaitsForTheLastScrape(t *testing.T) {
	every15 := func(h http.Handler) {
		visit(h, true)
		time.Sleep(15 * time.Second)
		visit(h, true)
		time.Sleep(5 * time.Second)
	}
	if got := waited(t, every15, func(h http.Handler, _ chan struct{}) {
		time.Sleep(3 * time.Second)
		visit(h, false) // a person's visit is not the one
		time.Sleep(7 * time.Second)
		visit(h, true)
	}); got != 10*time.Second {
		t.Errorf("the end took %v, want 10s: until the next scrape", got)
	}
	if got := waited(t, every15, nothing); got != 25*time.Second {
		t.Errorf("the end took %v, want 25s: 30s after the last scrape, which is twice as long as one takes", got)
	}
	if got := waited(t, every15, func(_ http.Handler, skip chan struct{}) {
		time.Sleep(time.Second)
		close(skip)
	}); got != time.Second {
		t.Errorf("the end took %v, want 1s: until the user had enough", got)
	}
}

// A scrape that took longer than the scraper waits is lost, and so is one whose connection the
// scraper closed. The end waits for the next one.
func TestEndWaitsForAScrapeThatArrives(t *testing.T) {
	for name, slow := range map[string]func(cancel func()){
		"too slow": func(func()) { time.Sleep(11 * time.Second) },
		"given up": func(cancel func()) { time.Sleep(time.Second); cancel() },
	} {
		synctest.Test(t, func(t *testing.T) {
			var s scrapes
			lose := false
			ctx, cancel := context.WithCancel(t.Context())
			h := s.wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if lose {
					slow(cancel)
				}
			}))
			visit(h, true)
			time.Sleep(15 * time.Second)
			visit(h, true)
			s.end()
			ended := time.Now()
			go func() {
				r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/metrics", nil)
				r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
				lose = true
				h.ServeHTTP(httptest.NewRecorder(), r)
				lose = false
				time.Sleep(15*time.Second - time.Since(ended))
				visit(h, true)
			}()
			s.await(nil)
			if got := time.Since(ended); got != 15*time.Second {
				t.Errorf("%s: the end took %v, want 15s: until the scrape after the lost one", name, got)
			}
			cancel()
		})
	}
}

func TestWaitIsBounded(t *testing.T) {
	once := func(h http.Handler) { visit(h, true) }
	if got := waited(t, once, nothing); got != maxPatience {
		t.Errorf("the end took %v after one scrape, want %v", got, maxPatience)
	}
	often := func(h http.Handler) {
		visit(h, true)
		time.Sleep(time.Second)
		visit(h, true)
	}
	if got := waited(t, often, nothing); got != minPatience {
		t.Errorf("the end took %v after scrapes a second apart, want %v", got, minPatience)
	}
	seldom := func(h http.Handler) {
		visit(h, true)
		time.Sleep(time.Hour)
		visit(h, true)
	}
	if got := waited(t, seldom, nothing); got != maxPatience {
		t.Errorf("the end took %v after scrapes an hour apart, want %v", got, maxPatience)
	}
}

func TestEndDoesNotWaitForNobody(t *testing.T) {
	for name, before := range map[string]func(http.Handler){
		"nobody":   func(http.Handler) {},
		"a person": func(h http.Handler) { visit(h, false) },
		"somebody who has not come back": func(h http.Handler) {
			visit(h, true)
			time.Sleep(time.Second)
			visit(h, true)
			time.Sleep(time.Minute)
		},
	} {
		if got := waited(t, before, nothing); got != 0 {
			t.Errorf("the end waited %v for %s", got, name)
		}
	}
}
