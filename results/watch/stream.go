package watch

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// maxWatchers is how many may watch at a time.
const maxWatchers = 8

// maxPoints is how many seconds of the course are kept: ten minutes. More would not be
// told apart on a screen, and quantiles of seconds cannot be put together to those of
// more.
const maxPoints = 600

// maxQueue is how many events wait for a watcher. One who is further behind is dropped;
// a browser connects again and gets the course.
const maxQueue = 8

// A stream is what those who watch are told, and who they are. The zero value is a stream
// that has nothing to tell yet.
type stream struct {
	mu       sync.Mutex
	watchers map[chan []byte]struct{}
	points   []json.RawMessage // the last ones
	state    json.RawMessage   // nil before the first second
	end      []byte            // the last event; nil before it
	page     string            // the finished page; "" before it, and if there is none
	closed   bool
}

// serve sends the course so far, and then each event as it comes.
func (s *stream) serve(w http.ResponseWriter, r *http.Request) {
	events := s.join()
	if events == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too many watch this run already", http.StatusServiceUnavailable)
		return
	}
	defer s.leave(events)
	w.Header().Set("Content-Type", "text/event-stream")
	c := http.NewResponseController(w)
	if c.Flush() != nil {
		return
	}
	for {
		select {
		case event, more := <-events:
			if !more || c.SetWriteDeadline(time.Now().Add(writeLimit)) != nil {
				return
			}
			if _, err := w.Write(event); err != nil || c.Flush() != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// join adds a watcher; nil if there is no room.
func (s *stream) join() chan []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.watchers) >= maxWatchers {
		return nil
	}
	events := make(chan []byte, maxQueue)
	if s.state != nil {
		events <- s.course()
	}
	if s.end != nil {
		events <- s.end
	}
	if s.watchers == nil {
		s.watchers = map[chan []byte]struct{}{}
	}
	s.watchers[events] = struct{}{}
	return events
}

// leave removes a watcher, who may have been dropped before.
func (s *stream) leave(events chan []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.watchers, events)
}

func (s *stream) watched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.watchers) > 0
}

// begin forgets the course of the run before.
func (s *stream) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points, s.state = nil, nil
}

// add adds a second to the course. point is nil if the second has none.
func (s *stream) add(state, point json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := s.state == nil
	s.state = state
	if point != nil {
		if s.points = append(s.points, point); len(s.points) > maxPoints {
			s.points = append(s.points[:0], s.points[len(s.points)-maxPoints:]...)
		}
	}
	if first {
		s.send(s.course())
		return
	}
	s.send(event("second", struct {
		State json.RawMessage `json:"state"`
		Point json.RawMessage `json:"point,omitempty"`
	}{state, point}))
}

// course is the event that has all so far.
func (s *stream) course() []byte {
	points := s.points
	if points == nil {
		points = []json.RawMessage{}
	}
	return event("course", struct {
		State  json.RawMessage   `json:"state"`
		Points []json.RawMessage `json:"points"`
		Most   int               `json:"most"`
	}{s.state, points, maxPoints})
}

// finish tells all how it ended.
func (s *stream) finish(end []byte, page string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end, s.page = end, page
	s.send(end)
}

// finished is the finished page; "" if there is none, or none yet.
func (s *stream) finished() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page
}

// close lets those who watch read what waits for them, and no more.
func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for events := range s.watchers {
		delete(s.watchers, events)
		close(events)
	}
}

// send puts an event into each queue, and drops those whose queue is full.
func (s *stream) send(e []byte) {
	for events := range s.watchers {
		select {
		case events <- e:
		default:
			delete(s.watchers, events)
			close(events)
		}
	}
}

// event is a server-sent event whose data is v as JSON, which is one line.
func event(name string, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // shapes of this package, without cycles or channels
	}
	var b bytes.Buffer
	b.WriteString("event: " + name + "\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return b.Bytes()
}
