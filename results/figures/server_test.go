package figures

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// served is a run of ten seconds in which 1000 messages were accepted from the second to
// the tenth, with a server that was looked at from and to some seconds.
func served(t *testing.T, from, to int, thresholds ...string) *record.Run {
	t.Helper()
	p := samples.TwoFlows(1)
	h := madeup.Header(p)
	for _, text := range thresholds {
		th, err := criteria.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		h.Thresholds = append(h.Thresholds, th)
	}
	r, _ := madeup.Recorded(t, h, p, 10*time.Second, func(r sample.Recorder) {
		for range 1000 {
			r.Message(samples.Closed, sample.Accepted, sample.Steady, 1, 0)
		}
		r.Window(samples.Closed, samples.At(2*time.Second), samples.At(10*time.Second))
		r.Tick(tenSeconds)
	})
	for i := from; i < to; i++ {
		written, overflows := int64(5000), int64(i%2)
		r.Server.Add(&tally.ServerSample{
			From: samples.At(time.Duration(i) * time.Second), To: samples.At(time.Duration(i+1) * time.Second), CPU: 250 * time.Millisecond, Cores: 4,
			Processes: 2, Memory: 1 << 20, Written: &written, Overflows: &overflows,
		})
	}
	return r
}

func TestServer(t *testing.T) {
	s := Of(served(t, 0, 10)).Server
	if s.CPUPerMessage == nil || *s.CPUPerMessage != 2*time.Millisecond { // 8 s, a quarter of a core, 1000 messages
		t.Fatalf("CPU a message %v, want 2 ms", s.CPUPerMessage)
	}
	if s.CPUSeconds != 2.5 || s.Cores != 0.25 || s.CoresOfMachine != 4 || *s.WrittenPerMsg != 40 || *s.Overflows != 5 || s.SwitchesPerMsg != nil {
		t.Errorf("server %+v", s)
	}
	if Of(served(t, 0, 0)).Server != nil {
		t.Error("there are figures of a server that nobody looked at")
	}
	if s := Of(served(t, 0, 5)).Server; s.CPUPerMessage != nil {
		t.Errorf("CPU a message is %v, and the server was looked at for 3 s of 8", *s.CPUPerMessage)
	}
}

func TestServerThresholds(t *testing.T) {
	for _, test := range []struct {
		expr   string
		looks  int
		ok     bool
		reason string
	}{
		{"server.cpu_per_message < 3ms", 10, true, ""},
		{"server.cpu_per_message < 2ms", 10, false, ""},
		{"server.written_per_message < 1KiB", 10, true, ""},
		{"server.max_rss <= 1MiB", 10, true, ""},
		{"server.listen_overflows < 5", 10, false, ""},
		{"server.listen_drops <= 0", 10, false, "it is not known"},
		{"server.cpu_per_message < 3ms", 4, false, "the server was looked at for 2.0 s of 8.0 s only"},
		{"server.max_rss < 1GiB", 9, false, "the server was looked at for 7.0 s of 8.0 s only"},
		{"server.listen_overflows < 5", 4, false, "the server was looked at for 2.0 s of 8.0 s only"},
		{"server.max_rss < 1GiB", 0, false, "nobody looked at the server"},
	} {
		got := Of(served(t, 0, test.looks, test.expr)).Thresholds[0]
		if got.OK != test.ok || got.Reason != test.reason || (got.Value == nil) != (test.reason != "") {
			t.Errorf("%s with %d looks: %+v", test.expr, test.looks, got)
		}
	}
}

// A time between looks that is long, or in which the agent that looks was lost, is one in which
// nobody looked. A note says when it was, and who was to look.
func TestServerUnseen(t *testing.T) {
	for name, c := range map[string]struct {
		looks [][2]int // seconds from and to
		note  string
	}{
		"one look from 1 s to 9 s": {[][2]int{{0, 1}, {1, 9}, {9, 10}}, "server: looked at for 1.0 s of 8.0 s only; agent mx1 did not look for 7.0 s from "},
		"lost and back":            {[][2]int{{0, 3}, {3, 4}, {8, 9}, {9, 10}}, "server: looked at for 4.0 s of 8.0 s only; agent mx1 did not look for 4.0 s from "},
		"lost":                     {[][2]int{{1, 2}, {2, 3}}, "did not look for 7.0 s from "},
		"all the time":             {[][2]int{{0, 4}, {4, 7}, {7, 10}}, ""},
	} {
		r := served(t, 0, 0, "server.max_rss < 1GiB")
		r.Header.Scenario = []byte(`{"server": {"agent": "mx1"}}`)
		for _, l := range c.looks {
			r.Server.Add(&tally.ServerSample{From: samples.At(time.Duration(l[0]) * time.Second), To: samples.At(time.Duration(l[1]) * time.Second), Processes: 1, Memory: 1 << 20})
		}
		res := Of(r)
		if note := noteAbout("server: ", r); (note == "") != (c.note == "") || !strings.Contains(note, c.note) || strings.HasSuffix(note, "end of the load") != (name == "lost") {
			t.Errorf("%s: note %q", name, note)
		}
		if got := res.Thresholds[0]; got.OK != (c.note == "") {
			t.Errorf("%s: threshold %+v", name, got)
		}
	}
}

// A server that takes all cores is found, but not in a moment.
func TestServerFindings(t *testing.T) {
	for _, test := range []struct {
		busy time.Duration // in each second of the server, of four cores
		to   int           // the last second looked at
		want string
	}{{3900 * time.Millisecond, 10, "server-cpu-full"}, {2 * time.Second, 10, ""}, {3900 * time.Millisecond, 4, ""}} {
		r := served(t, 0, test.to)
		for i := range r.Server {
			r.Server[i].CPU, r.Server[i].Overflows = test.busy, nil
		}
		found := ""
		for _, f := range Of(r).Findings {
			found += string(f.ID)
		}
		if found != test.want {
			t.Errorf("%v a second until %d s: found %q, want %q", test.busy, test.to, found, test.want)
		}
	}
}

// asked is a run as served has it, in which a query was answered in each second but some.
func asked(t *testing.T, missed map[int]bool, value func(second int) float64, thresholds ...string) *Result {
	t.Helper()
	r := served(t, 0, 0, thresholds...)
	for i := range 10 {
		// Four answers a second.
		for part := range 4 {
			at := samples.At(time.Duration(4*i+part) * time.Second / 4)
			v := value(4*i + part)
			a := &tally.Answer{Query: "q", From: at, To: at.Add(time.Second / 4), Value: &v}
			if missed[i] {
				a.Value, a.Missed = nil, "connection refused"
			}
			r.Queries.Add(a)
		}
	}
	return Of(r)
}

func TestQueries(t *testing.T) {
	rising := func(n int) float64 { return float64(100 * n) } // 400 a second, and 125 messages a second
	still := func(int) float64 { return -1.5 }
	most := map[int]bool{3: true, 4: true}
	for _, test := range []struct {
		expr   string
		missed map[int]bool
		value  func(int) float64
		ok     bool
		reason string
	}{
		{"server.q.per_message < 3.3", nil, rising, true, ""},
		{"server.q.per_message < 3.1", nil, rising, false, ""},
		{"server.q.max < 3900", nil, rising, false, ""},
		{"server.q.min >= 700", nil, rising, true, ""}, // the warm-up does not count
		{"server.q.mean < -1", nil, still, true, ""},
		{"server.q.per_message < 3", nil, still, false, "it rose 0 times under load, and 10 are needed: Prometheus sees the server too seldom, or the load is too short"},
		{"server.q.per_message < 3", nil, func(n int) float64 { return float64(n % 5) }, false, "it fell, so it is no count"},
		{"server.q.max < 9000", most, rising, false, "it was answered for 75 % of the load only: connection refused"},
		{"server.q.per_message < 9000", most, rising, false, "it was answered for 75 % of the load only: connection refused"},
		{"server.q.max < 9000", map[int]bool{8: true, 9: true}, rising, false, "it was answered for 75 % of the load only: connection refused"},
		{"server.other.max < 9000", nil, rising, false, "nobody asked it"},
	} {
		res := asked(t, test.missed, test.value, test.expr)
		got := res.Thresholds[0]
		if got.OK != test.ok || got.Reason != test.reason || (got.Value == nil) != (test.reason != "") {
			t.Errorf("%s: %+v, want reason %q", test.expr, got, test.reason)
		}
	}
	if q := asked(t, most, rising).Queries[0]; q.Missed != 8 || q.Answers != 24 || q.Share != 0.75 || *q.Max != 3900 || q.PerMessage != nil {
		t.Errorf("figures %+v", q)
	}
	if q := asked(t, nil, still).Queries[0]; *q.Min != -1.5 || *q.Last != -1.5 || q.Missed != 0 {
		t.Errorf("figures %+v", q)
	}
}

// A server whose processes ended during the load has no figures of all of it, and thresholds
// on them are not met by what it did before.
func TestServerThatEnds(t *testing.T) {
	r := served(t, 0, 10)
	for i := range r.Server {
		if i >= 5 {
			r.Server[i].Processes, r.Server[i].CPU, r.Server[i].Memory = 0, 0, 0
		}
	}
	res := Of(r)
	if res.Server.CPUPerMessage != nil {
		t.Errorf("CPU a message is %v, and the server was gone for 5 s of 8", *res.Server.CPUPerMessage)
	}
	for _, kind := range []criteria.Kind{criteria.ServerCPU, criteria.ServerMemory} {
		if _, reason := res.Server.metric(criteria.Metric{Kind: kind}); reason != "no process of the server was there for 5.0 s of the load" {
			t.Errorf("%v: %q", kind, reason)
		}
	}
}

// A scenario that asks for the server's own side has a note if that is missing, and where it is
// if the run is of agents' files.
func TestServerIsMissing(t *testing.T) {
	for scenario, want := range map[string]string{
		`{}`:                                     "",
		`{"server": {"processes": ["postfix"]}}`: "server: no figures of its processes came",
		`{"server": {"agent": "mx1"}}`:           "server: no figures of its processes came",
		`{"server": {"prometheus": {"queries": {"cpu": "sum(cpu)"}}}}`:                 "server: no answers to its queries came",
		`{"server": {"agent": "mx1", "prometheus": {"queries": {"cpu": "sum(cpu)"}}}}`: "server: no figures of its processes and no answers to its queries came",
		`{"server": "is no object"}`:                                                   "",
	} {
		r := served(t, 0, 0)
		r.Header.Scenario = []byte(scenario)
		note := noteAbout("server: ", r)
		if note != want {
			t.Errorf("%s: %q, want %q", scenario, note, want)
		}
		r.Header.Agent = &record.Place{Number: 1, Of: 1}
		if want != "" {
			if note := noteAbout("server: ", r); !strings.Contains(note, "agents have none; the coordinator's run file has what came until its end") {
				t.Errorf("%s, of an agent: %q", scenario, note)
			}
		}
	}
	r := served(t, 0, 10)
	r.Header.Scenario = []byte(`{"server": {"agent": "mx1"}}`)
	if note := noteAbout("server: ", r); note != "" {
		t.Errorf("it was looked at: %q", note)
	}
}

// noteAbout is the note of a run that begins so; "" if there is none.
func noteAbout(begin string, r *record.Run) string {
	for _, note := range Of(r).Verdict.Notes {
		if strings.HasPrefix(note, begin) {
			return note
		}
	}
	return ""
}
