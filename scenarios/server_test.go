package scenarios

import (
	"slices"
	"strings"
	"testing"
)

func TestServer(t *testing.T) {
	const text = "name: a\ntarget: {host: 127.0.0.1}\nserver: {processes: [postfix, /run/x.pid]}\nflows: {relay: {port: 25, load: {sessions: 1, duration: 1s}}}\n"
	s, err := Parse("a.yaml", []byte(text+`thresholds: ["server.cpu_per_message < 2ms", "server.max_rss < 1GiB", "server.listen_overflows <= 0"]`), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Watched(), []string{"postfix", "/run/x.pid"}) {
		t.Errorf("watched: %q", s.Watched())
	}
	if list := s.Criteria().Thresholds; len(list) != 3 || list[0].Flow != "" || list[0].Limit != 2e6 || list[1].Limit != 1<<30 {
		t.Errorf("thresholds: %+v", list)
	}
	for more, want := range map[string]string{
		`thresholds: ["server.cpu < 2ms"]`:             `no figure of the server is named "server.cpu"`,
		`thresholds: ["server.max_rss < 5"]`:           "a unit is missing",
		`thresholds: ["server.listen_drops < 5ms"]`:    "want a number of times",
		`server: {processes: [a], agent: b}`:           "on this machine or on an agent's",
		`abort: {when: "server.cpu_per_message > 1s"}`: "a run is aborted by what its flows meet",
	} {
		base := text
		if strings.HasPrefix(more, "server") {
			base = strings.Replace(text, "server: {processes: [postfix, /run/x.pid]}\n", "", 1)
		}
		_, err := Parse("a.yaml", []byte(base+more), testOptions())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
	elsewhere := strings.Replace(text, "processes: [postfix, /run/x.pid]", "agent: mx1.example.test", 1)
	s, err = Parse("a.yaml", []byte(elsewhere+`thresholds: ["server.max_rss < 1GiB"]`), testOptions())
	if err != nil || s.WatchedBy() != "mx1.example.test" || s.Watched() != nil {
		t.Errorf("watched by an agent: %v", err)
	}
	without := strings.Replace(text, "server: {processes: [postfix, /run/x.pid]}\n", "", 1) + `thresholds: ["server.max_rss < 1GiB"]`
	if _, err := Parse("a.yaml", []byte(without), testOptions()); err == nil || !strings.Contains(err.Error(), "the server is not looked at: name its processes") {
		t.Errorf("without server: %v", err)
	}
}

func TestPrometheus(t *testing.T) {
	const text = "name: a\ntarget: {host: 127.0.0.1}\nflows: {relay: {port: 25, load: {sessions: 1, duration: 1s}}}\n"
	const asked = "server: {prometheus: {url: \"http://127.0.0.1:9090\", queries: {load: node_load1, flushes: 'sum(x_total{a=\"b\"})'}}}\n"
	s, err := Parse("a.yaml", []byte(text+asked+`thresholds: ["server.load.max < 1.5", "server.flushes.per_message <= 3", "server.load.min > -2"]`), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	url, queries := s.Prometheus()
	if url != "http://127.0.0.1:9090" || !slices.Equal(queries, []Query{{"load", "node_load1"}, {"flushes", `sum(x_total{a="b"})`}}) {
		t.Errorf("%s is asked %q", url, queries)
	}
	if list := s.Criteria().Thresholds; len(list) != 3 || list[0].Metric.Query != "load" || list[1].Metric.Stat != "per_message" || list[2].Limit != -2 {
		t.Errorf("thresholds: %+v", list)
	}
	for more, want := range map[string]string{
		asked + `thresholds: ["server.laod.max < 2"]`:                                       `no query is named "laod": did you mean "load"?`,
		asked + `thresholds: ["server.load.max < 2ms"]`:                                     "want a number such as 0.5, without a unit",
		asked + `thresholds: ["server.max_rss < 1GiB"]`:                                     "name its processes",
		asked + `abort: {when: "server.load.max > 1"}`:                                      "a run is aborted by what its flows meet",
		`thresholds: ["server.load.max < 2"]`:                                               "there is no query load: ask it",
		"server: {}":                                                                        "say what is looked at",
		"server: {prometheus: {queries: {a: b}}}":                                           "url is missing",
		"server: {prometheus: {url: \"http://127.0.0.1:9090\"}}":                            "queries is missing",
		"server: {prometheus: {url: \"http://me:secret@127.0.0.1:9090\", queries: {a: b}}}": "without a user name",
		"server: {prometheus: {url: \"http://127.0.0.1:9090\", queries: {message: b}}}":     "no query can be named message",
		"server: {prometheus: {url: \"http://127.0.0.1:9090\", queries: {a.b: c}}}":         `"a.b" is not a query's name`,
	} {
		_, err := Parse("a.yaml", []byte(text+more), testOptions())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
	flow := strings.Replace(text, "relay:", "server:", 1) + `thresholds: ["server.message.max < 2s"]`
	if s, err := Parse("a.yaml", []byte(flow), testOptions()); err != nil || s.Criteria().Thresholds[0].Flow != "server" {
		t.Errorf("a flow that is named server: %v", err)
	}
}
