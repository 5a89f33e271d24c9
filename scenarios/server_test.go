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
		`abort: {when: "server.cpu_per_message > 1s"}`: "a run is aborted by what its flows meet",
	} {
		_, err := Parse("a.yaml", []byte(text+more), testOptions())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", more, err, want)
		}
	}
	without := strings.Replace(text, "server: {processes: [postfix, /run/x.pid]}\n", "", 1) + `thresholds: ["server.max_rss < 1GiB"]`
	if _, err := Parse("a.yaml", []byte(without), testOptions()); err == nil || !strings.Contains(err.Error(), "the server is not looked at: name its processes") {
		t.Errorf("without server: %v", err)
	}
}
