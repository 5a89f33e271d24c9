package watch

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// plan has an open flow of a minute and a hostile name, and a closed one.
func plan() *loadgen.Plan {
	return &loadgen.Plan{Name: "ramp", Flows: []loadgen.Flow{
		{
			Name: "a</script>\x1b[2J", Target: loadgen.Target{Host: "mx.example.test", Port: 25},
			Load: loadgen.Load{Unit: loadgen.Messages, Stages: []pace.Stage{{For: time.Minute, From: 100, To: 100}}},
		},
		{Name: "b", Target: loadgen.Target{Host: "127.0.0.1", Port: 587}, Load: loadgen.Load{Sessions: 2, Duration: time.Minute}},
	}}
}

// second is what was measured up to second n.
func second(n int64) *record.Progress {
	return &record.Progress{Elapsed: time.Duration(n) * time.Second, Length: time.Second, Flows: []record.FlowProgress{
		{Name: "a</script>\x1b[2J", Open: 3, Due: 100, Started: 100, Accepted: 90, Errors: map[sample.Class]int64{sample.Busy: 2 * n}},
		{Name: "b", Open: 2, Accepted: 50},
	}}
}

// served is a server of a run of plan that has so many seconds.
func served(t *testing.T, seconds int64) *Server {
	t.Helper()
	s, err := Serve("127.0.0.1:0", "ramp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Begin(plan())
	for n := range seconds {
		observe(s, n+1)
	}
	return s
}

func observe(s *Server, n int64) { s.Observe(live.At(plan(), second(n)), second(n)) }

func get(t *testing.T, url, host string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

// A watcher reads events.
type watcher struct {
	t    *testing.T
	from *bufio.Reader
}

func watching(t *testing.T, s *Server) watcher {
	t.Helper()
	response := get(t, s.URL()+"events", "")
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("%s, %s", response.Status, got)
	}
	return watcher{t, bufio.NewReader(response.Body)}
}

// next is the next event's name and data; "" at the end of the stream.
func (w watcher) next() (name string, data map[string]any) {
	w.t.Helper()
	for {
		line, err := w.from.ReadString('\n')
		if err != nil {
			return "", nil
		}
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "event: "):
			name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &data); err != nil {
				w.t.Fatal(err)
			}
		case line == "":
			return name, data
		}
	}
}

// text is what a part of an event says.
func text(v any) string { return fmt.Sprint(v) }

func TestEvents(t *testing.T) {
	s := served(t, 2)
	w := watching(t, s)
	name, course := w.next()
	points := course["points"].([]any)
	if name != "course" || len(points) != 2 {
		t.Fatalf("%s: %v", name, course)
	}
	if got := text(points[1]); got != "map[accepted:[90 50] at:2 errors:map[busy:2] offered:[100 <nil>] p50:[<nil> <nil>] p99:[<nil> <nil>] place:]" {
		t.Errorf("a point is %s", got)
	}
	state := course["state"].(map[string]any)
	for part, want := range map[string]string{
		"clock": "2 s of 1 min, 58 s left", "name": "ramp", "errors": "[map[class:busy count:4]]",
		"targets": `[a</script>\x1b[2J: mx.example.test, 25 none b: 127.0.0.1, 587 none]`,
	} {
		if got := text(state[part]); got != want {
			t.Errorf("%s is %q, want %q", part, got, want)
		}
	}
	if got := text(state["tiles"].([]any)[0]); got != "map[bad:false label:Accepted note:offered at 100/s; 0 messages so far value:140/s]" {
		t.Errorf("the first tile is %s", got)
	}
	observe(s, 3)
	if name, e := w.next(); name != "second" || text(e["point"].(map[string]any)["at"]) != "3" || !strings.HasPrefix(text(e["state"].(map[string]any)["clock"]), "3 s of") {
		t.Errorf("after a second: %s %v", name, e)
	}
	s.Begin(plan())
	observe(s, 1)
	if name, e := w.next(); name != "course" || len(e["points"].([]any)) != 1 {
		t.Errorf("after another run has begun: %s %v", name, e)
	}
}

// Those who watch get the verdict with the finished page, and so does who comes later.
func TestEnd(t *testing.T) {
	s := served(t, 1)
	early := watching(t, s)
	early.next()
	if !s.Watched() {
		t.Error("nobody watches")
	}
	s.Finish(End{Conclusion: criteria.Conclusion{Word: criteria.Failed, Reason: "nothing was accepted: \x1b[2J"}, Page: "<p>finished</p>"})
	late := watching(t, s)
	late.next()
	for _, w := range []watcher{early, late} {
		name, e := w.next()
		if name != "end" || e["word"] != "FAILED" || e["text"] != `FAILED: nothing was accepted: \x1b[2J` || e["page"] != "<p>finished</p>" || e["look"] != "bad" {
			t.Errorf("%s: %v", name, e)
		}
	}
	body, err := io.ReadAll(get(t, s.URL(), "").Body)
	if err != nil || string(body) != "<p>finished</p>" {
		t.Errorf("the page is %q, %v", body, err)
	}
	s.Close()
	if name, _ := early.next(); name != "" {
		t.Errorf("after the end: %s", name)
	}
}

// A name that is not the machine's own is how a page of another site would ask.
func TestOtherNamesAreRefused(t *testing.T) {
	s := served(t, 1)
	for host, want := range map[string]int{
		"": 200, "127.0.0.1": 200, "localhost:8089": 200, "LOCALHOST.": 200, "[::1]:80": 200, "192.0.2.7:8089": 200, "x.localhost": 200,
		"evil.example": 421, "evil.example:8089": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "[::1": 200, "127.1": 421,
	} {
		for _, path := range []string{"", "nothing"} {
			want := want
			if path != "" && want == 200 {
				want = 404
			}
			response := get(t, s.URL()+path, host)
			response.Body.Close()
			if response.StatusCode != want {
				t.Errorf("%q of %q is answered by %s, want %d", path, host, response.Status, want)
			}
			if got := response.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || !strings.Contains(got, "connect-src 'self'") || strings.Contains(got, "script-src 'unsafe") {
				t.Errorf("the policy is %q", got)
			}
		}
	}
	if response := get(t, s.URL()+"events", "evil.example"); response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("events: %s", response.Status)
	}
	if !isOurs("Buildbox:8089", "buildbox") || isOurs("", "") || isOurs("otherbox", "buildbox") {
		t.Error("the name that the user gave is not the one that is known")
	}
}

func TestPageCarriesAllOfItself(t *testing.T) {
	s := served(t, 0)
	response := get(t, s.URL(), "")
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, part := range []string{"uPlot", `data-events="/events"`, "EventSource", "<title>ramp</title>"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	for _, part := range []string{"src=", "href=\"http", "@import", "url("} {
		if strings.Contains(page, part) {
			t.Errorf("the page loads something: it has %q", part)
		}
	}
}

// So many may watch and no more, and who leaves makes room.
func TestWatchersAreBounded(t *testing.T) {
	var s stream
	s.add(json.RawMessage("1"), nil)
	var all []chan []byte
	for range maxWatchers {
		all = append(all, s.join())
	}
	if all[maxWatchers-1] == nil || s.join() != nil {
		t.Error("another number may watch")
	}
	s.leave(all[0])
	if s.join() == nil {
		t.Error("who left makes no room")
	}
	s.close()
	if s.join() != nil {
		t.Error("one joins after the end")
	}
}

// Who does not read is dropped, and the others go on.
func TestSlowWatchersAreDropped(t *testing.T) {
	var s stream
	slow, quick := s.join(), s.join()
	for n := range 3 * maxQueue {
		s.add(json.RawMessage(fmt.Sprint(n)), json.RawMessage("{}"))
		if event, ok := <-quick; !ok || !strings.Contains(string(event), fmt.Sprintf(`"state":%d`, n)) {
			t.Fatalf("second %d is %q", n, event)
		}
	}
	if len(slow) != maxQueue {
		t.Errorf("%d events wait for the slow one, want %d", len(slow), maxQueue)
	}
	for range maxQueue {
		<-slow
	}
	if _, open := <-slow; open {
		t.Error("the slow one is not dropped")
	}
	s.leave(slow) // as its connection does
}

func TestCourseIsBounded(t *testing.T) {
	var s stream
	for n := range maxPoints + 50 {
		s.add(json.RawMessage("1"), json.RawMessage(fmt.Sprint(n)))
	}
	if len(s.points) != maxPoints || string(s.points[0]) != "50" {
		t.Errorf("%d points from %s, want %d from 50", len(s.points), s.points[0], maxPoints)
	}
}

// The end waits for those who do not read, but not for long.
func TestCloseDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer there.Close()
		l := &oneConnection{conn: here, closed: make(chan struct{})}
		s := &Server{listener: l, served: make(chan struct{})}
		s.http = &http.Server{Handler: s.handler("")}
		go func() {
			defer close(s.served)
			_ = s.http.Serve(l)
		}()
		if _, err := io.WriteString(there, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the answer's head is not read
		began := time.Now()
		s.Finish(End{Conclusion: criteria.Conclusion{Word: criteria.Pass}})
		s.Close()
		if took := time.Since(began); took > endLimit {
			t.Errorf("the end took %v, want %v at most", took, endLimit)
		}
	})
}

// oneConnection is a listener that has one connection.
type oneConnection struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConnection) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConnection) Close() error {
	close(l.closed)
	return nil
}

func (l *oneConnection) Addr() net.Addr { return &net.TCPAddr{} }

// Intervals that are too short have no point, and their errors count in the next.
func TestShortIntervalsHaveNoPoint(t *testing.T) {
	r := run{loads: []sample.LoadKind{sample.OpenLoad, sample.ClosedLoad}, errors: map[string]int64{}}
	short, next := second(1), second(2)
	short.Length = 100 * time.Millisecond
	if got := r.point(live.At(plan(), short), short); got != nil {
		t.Errorf("a tenth of a second has %s", got)
	}
	next.Length = 700 * time.Millisecond // not scaled up to a second
	if got := string(r.point(live.At(plan(), next), next)); !strings.Contains(got, `"errors":{"busy":4}`) {
		t.Errorf("the next has %s", got)
	}
}

// A flow that has no turn is a gap in the chart, not a rate of nothing.
func TestFlowsWithoutATurnAreGaps(t *testing.T) {
	p := plan()
	p.InTurn = true
	r := run{loads: []sample.LoadKind{sample.OpenLoad, sample.ClosedLoad}, errors: map[string]int64{}}
	i := second(1)
	i.Flows[1].Accepted = 0
	if got := string(r.point(live.At(p, i), i)); !strings.Contains(got, `"accepted":[90,null]`) {
		t.Errorf("the point is %s", got)
	}
}

// Once all is over the rate of the last part of a second is not shown.
func TestTheEndShowsSums(t *testing.T) {
	p, i := plan(), second(60)
	i.Length = 10 * time.Millisecond
	for k := range i.Flows {
		i.Flows[k].Open, i.Flows[k].Messages.Accepted = 0, 1000
		i.Flows[k].Ended = &record.StageEnd{Stage: sample.Drain, At: time.Minute}
	}
	s := stateOf(live.At(p, i))
	if got := s.Tiles[0]; got.Value != "2,000" || strings.Contains(got.Note, "/s") {
		t.Errorf("accepted: %+v", got)
	}
	for _, r := range s.Flows {
		if r.State != "done" || r.Accepted != "–" || r.Offered != "–" {
			t.Errorf("a flow: %+v", r)
		}
	}
	i.Flows[0].Errors = nil
	if got := stateOf(live.At(p, i)).Flows[0].Errors; got != "no errors" { // a phone has no heading above it
		t.Errorf("a flow without errors has %q", got)
	}
}

func TestPlacesAreNamed(t *testing.T) {
	p := plan()
	if got := placeOf(live.At(p, second(1))); got != "" {
		t.Errorf("two flows together in one round are at %q", got)
	}
	p.InTurn, p.Rounds, p.Warmup = true, 2, 10*time.Second
	if got := placeOf(live.At(p, second(1))); got != `a</script>\x1b[2J, round 1 of 2, warm-up` {
		t.Errorf("the first of two flows in turn is at %q", got)
	}
	p = plan()
	stages := &p.Flows[0].Load.Stages
	*stages = append(*stages, (*stages)[0])
	p.Flows = p.Flows[:1]
	i := second(1)
	i.Flows = i.Flows[:1]
	if got := placeOf(live.At(p, i)); got != "stage 1 of 2" {
		t.Errorf("the only flow is at %q", got)
	}
}
