package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
	p := s.Prometheus()
	if p.URL != "http://127.0.0.1:9090" || !slices.Equal(p.Queries, []Query{{"load", "node_load1"}, {"flushes", `sum(x_total{a="b"})`}}) {
		t.Errorf("%s is asked %q", p.URL, p.Queries)
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

// loggedIn is a scenario that asks a Prometheus with a login, whose options follow.
func loggedIn(url, options string) string {
	return "name: a\ntarget: {host: 127.0.0.1}\nvars: {p: '${env:LEAK_P}'}\nserver: {prometheus: {url: " + url + ", queries: {load: node_load1}, " + options + "}}\nflows: {relay: {port: 25, load: {sessions: 1, duration: 1s}}}\n"
}

func loginOptions(cert []byte) LoadOptions {
	return LoadOptions{
		FS: fstest.MapFS{"token": {Data: []byte("LEAK-token\n")}, "ca.pem": {Data: cert}},
		LookupEnv: func(name string) (string, bool) {
			v, ok := map[string]string{"LEAK_P": "LEAK-env", "LEAK_USER": "LEAK-user"}[name]
			return v, ok
		},
	}
}

// The login arrives, and is shown nowhere.
func TestPrometheusLogin(t *testing.T) {
	cert, _ := pair(t)
	for options, want := range map[string]Prometheus{
		"username: me, password: LEAK-literal":                       {Username: "me", Password: "LEAK-literal"},
		"username: me, password: '${env:LEAK_P}'":                    {Username: "me", Password: "LEAK-env"},
		"username: '${env:LEAK_USER}', password: '${p}', ca: ca.pem": {Username: "LEAK-user", Password: "LEAK-env", Private: true},
		"token: '${file:token}'":                                     {Token: "LEAK-token"},
		"token: 'LEAK-${env:LEAK_P}'":                                {Token: "LEAK-LEAK-env"},
	} {
		s, err := Parse("a.yaml", []byte(loggedIn("https://prometheus.example.test", options)), loginOptions(cert))
		if err != nil {
			t.Errorf("%s: %v", options, err)
			continue
		}
		p := s.Prometheus()
		equal(t, options, p.Username+"|"+p.Password+"|"+p.Token, want.Username+"|"+want.Password+"|"+want.Token)
		equal(t, options, p.Private, want.Private)
		equal(t, options, p.Roots != nil, strings.Contains(options, "ca:"))
		equal(t, "notes", len(s.Notes()), 0)
		if shown := string(s.Plan().Scenario) + fmt.Sprintf("%v %+v %#v %+v %v %+v %#v %+v %v", p, p, p, s, *p, *p, *p, *s, []any{p, *p}); strings.Contains(shown, "LEAK-") {
			t.Errorf("%s: a secret is shown: %s", options, shown)
		}
	}
}

func TestPrometheusLoginFaults(t *testing.T) {
	cert, _ := pair(t)
	for options, want := range map[string]string{
		"username: me":     "username and password belong together",
		"password: LEAK-1": "username and password belong together",
		"username: me, password: LEAK-1, token: LEAK": "token is given, and username too",
		"username: 'me:LEAK', password: LEAK-1":       "username has a colon in it",
		"token: 'LEAK 1'":                             "token has characters in it that a bearer token cannot have",
		"token: ''":                                   "token is empty",
		"token: 12345":                                "put quotes around it",
		"token: '${env:NO_SUCH}'":                     `the environment variable "NO_SUCH" is not set`,
		"token: '${file:nosuch}'":                     "nosuch: ",
		"basic_auth: {username: LEAK}":                `unknown field "basic_auth" in prometheus: say username and password`,
		"bearer_token: LEAK":                          `unknown field "bearer_token" in prometheus: say token`,
		"ca: token":                                   "ca",
	} {
		_, err := Parse("a.yaml", []byte(loggedIn("https://prometheus.example.test", options)), loginOptions(cert))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "LEAK") {
			t.Errorf("%s: want %q and no secret in %v", options, want, err)
		}
	}
	_, err := Parse("a.yaml", []byte(loggedIn("http://127.0.0.1:9090", "ca: ca.pem")), loginOptions(cert))
	if err == nil || !strings.Contains(err.Error(), "ca is for an https URL") {
		t.Errorf("no TLS: %v", err)
	}
	for url, noted := range map[string]bool{"http://127.0.0.1:9090": false, "http://localhost:9090": false, "'http://[::1]:9090'": false, "http://prometheus.example.test": true, "http://10.0.0.5:9090": true} {
		s, err := Parse("a.yaml", []byte(loggedIn(url, "token: '${file:token}'")), loginOptions(cert))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(s.Notes(), ""), "in the clear"); got != noted {
			t.Errorf("%s: %q", url, s.Notes())
		}
	}
}

// The login is of the machine that asks. It does not travel to agents, which ask nothing,
// and is found here also if the secrets of flows are theirs.
func TestPrometheusLoginDoesNotTravel(t *testing.T) {
	cert, _ := pair(t)
	for _, secrets := range []string{"coordinator", "agent"} {
		o := loginOptions(cert)
		o.Keep, o.Set = true, []string{"secrets=" + secrets}
		s, err := Parse("a.yaml", []byte(loggedIn("https://prometheus.example.test", "username: '${env:LEAK_USER}', password: '${p}', ca: ca.pem")), o)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "here", s.Prometheus().Username+" "+s.Prometheus().Password, "LEAK-user LEAK-env")
		equal(t, "inputs with secrets", s.Inputs().HoldSecrets(), false)
		again := nothingElse(t, s, RebuildOptions{})
		equal(t, "there", again.Prometheus().Username+" "+again.Prometheus().Password, "absent absent")
		equal(t, "resolved", string(again.Plan().Scenario), string(s.Plan().Scenario))

		o.Set = append(o.Set, "server.prometheus.username=null", "server.prometheus.password=null", "server.prometheus.token=${file:token}")
		if s, err = Parse("a.yaml", []byte(loggedIn("https://prometheus.example.test", "username: x, password: y")), o); err != nil {
			t.Fatal(err)
		}
		equal(t, "a file here", s.Prometheus().Token, "LEAK-token")
		equal(t, "a file there", nothingElse(t, s, RebuildOptions{}).Prometheus().Token, "absent")
		for name, data := range s.Inputs().Files {
			if strings.Contains(string(data), "LEAK") {
				t.Errorf("%s travels", name)
			}
		}
	}
	o := loginOptions(cert)
	o.Keep = true
	s, err := Parse("a.yaml", []byte(loggedIn("https://prometheus.example.test", "token: LEAK-literal")), o)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "a secret in the text itself", s.Inputs().HoldSecrets(), true)
}
