package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

func TestSet(t *testing.T) {
	s, err := Parse("test.yaml", []byte(base), testOptions(
		"flows.relay.load.sessions=50",
		"flows.relay.load.sessions=60", // the last one wins
		"defaults.session={messages: 3, think: 5ms}",
		"flows.relay.session.messages=4",
		"schedule.rounds=5",
		"thresholds.0=relay.errors < 1%",
		"thresholds.0=relay.errors < 2%",
		"thresholds.1=relay.accepted > 5",
		"flows.peak.load.rate=",
		"flows.peak.load.stages=[{for: 2s, rate: 5 messages/s}]",
		"flows.peak.load.duration=null",
		"flows.peak.load.stages.0.for=3s",
		"flows.peak.envelope.to=a=b@example.test",
	))
	if err != nil {
		t.Fatal(err)
	}
	p, thresholds := s.Plan(), s.Criteria().Thresholds
	relay, peak := p.Flows[0], p.Flows[1]
	equal(t, "sessions", relay.Load.Sessions, 60)
	equal(t, "messages", relay.Session.Messages, 4)
	equal(t, "think", relay.Session.Think, 5*time.Millisecond)
	equal(t, "inherited", peak.Session.Messages, 3)
	equal(t, "rounds", p.Rounds, 5)
	equal(t, "thresholds", []string{thresholds[0].Expr, thresholds[1].Expr}, []string{"relay.errors < 2%", "relay.accepted > 5"})
	equal(t, "stage", peak.Load.Stages[0].For, 3*time.Second)
	equal(t, "unit", peak.Load.Unit, loadgen.Messages)
	equal(t, "the first = ends the path", peak.Mail.To, []string{"a=b@example.test"})
}

func TestSetFaults(t *testing.T) {
	for set, want := range map[string]string{
		"flows.relay.load.sessions=lots":   `--set flows.relay.load.sessions: sessions: want a whole number`,
		"flows.relay.load.sesions=5":       `--set flows.relay.load.sesions: unknown field "sesions" in load: did you mean "sessions"?`,
		"flows.relai.load.sessions=5":      `--set flows.relai.load.sessions: no flow is named "relai": did you mean "relay"?`,
		"flows.relay.load.sessions":        `--set: want PATH=VALUE`,
		"=5":                               `--set: want PATH=VALUE`,
		"flows..port=5":                    `no flow is named ""`,
		"defaults..port=5":                 `--set defaults..port: the path has an empty part`,
		"thresholds.1=relay.errors < 1%":   `--set thresholds.1: thresholds: want a list`,
		"name.first=x":                     `--set name.first: "first" cannot be set: what comes before it`,
		"flows.relay.envelope.to=[a":       `--set flows.relay.envelope.to: not YAML`,
		"flows.relay.auth=hunter2":         `--set flows.relay.auth: auth: want a mapping, found text`,
		"flows.relay.port=":                `port is missing`,
		"name=":                            `--set name: name is given without a value`,
		"flows.relay.envelope.to=a@b.shop": `--set flows.relay.envelope.to: "b.shop" is not reserved`,
	} {
		_, err := Parse("f.yaml", []byte(base), testOptions(set))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q in %v", set, want, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: what may be a password is shown: %v", set, err)
		}
	}
	_, err := Parse("f.yaml", []byte(base), testOptions("thresholds=[relay.errors < 1%]", "thresholds.5=x"))
	if err == nil || !strings.Contains(err.Error(), `--set thresholds.5: "5" is no item of the list: it has 1, counted from 0`) {
		t.Errorf("got %v", err)
	}
}

// null takes away whatever may be absent, wherever it stands, and says of the rest that it
// may not.
func TestSetNull(t *testing.T) {
	source := base + `server: {processes: [postfix], prometheus: {url: "http://127.0.0.1:9090", queries: {cpu: a, memory: b}}}
thresholds: [relay.errors < 1%, relay.accepted > 5, peak.errors < 2%]
gates: [rate < -3%]
baseline: relay
warmup: 2s
vars: {unused: x}
schedule: {rounds: 4}
`
	load := func(set ...string) (*Scenario, error) { return Parse("a.yaml", []byte(source), testOptions(set...)) }
	for set, holds := range map[string]func(*Scenario) bool{
		"server=null":              func(s *Scenario) bool { return s.Prometheus() == nil && s.Watched() == nil },
		"server=~":                 func(s *Scenario) bool { return s.Watched() == nil },
		"server.processes=null":    func(s *Scenario) bool { return s.Prometheus() != nil && s.Watched() == nil },
		"server.prometheus=null":   func(s *Scenario) bool { return s.Prometheus() == nil && s.Watched() != nil },
		"thresholds=null":          func(s *Scenario) bool { return len(s.Criteria().Thresholds) == 0 },
		"thresholds.1=null":        func(s *Scenario) bool { c := s.Criteria().Thresholds; return len(c) == 2 && c[1].Flow == "peak" },
		"gates=null":               func(s *Scenario) bool { return len(s.Criteria().Gates) == 0 },
		"baseline=null":            func(s *Scenario) bool { return s.Criteria().Baseline == "" },
		"warmup=null":              func(s *Scenario) bool { return s.Plan().Warmup == 0 },
		"abort=null":               func(s *Scenario) bool { return len(s.Criteria().Aborts) == 0 },
		"abort.over=null":          func(s *Scenario) bool { return s.Criteria().Aborts[0].Over == 10*time.Second },
		"schedule=null":            func(s *Scenario) bool { return s.Plan().Rounds == 1 },
		"schedule.rounds=null":     func(s *Scenario) bool { return s.Plan().Rounds == 1 },
		"vars=null":                func(*Scenario) bool { return true },
		"vars.unused=null":         func(*Scenario) bool { return true },
		"min_effect=null":          func(*Scenario) bool { return true }, // was not there
		"defaults=null":            func(*Scenario) bool { return true },
		"flows.relay.message=null": func(*Scenario) bool { return true },
		"server.prometheus.queries.cpu=null": func(s *Scenario) bool {
			queries := s.Prometheus().Queries
			return len(queries) == 1 && queries[0].Name == "memory"
		},
	} {
		s, err := load(set)
		if err != nil {
			t.Errorf("%s: %v", set, err)
		} else if !holds(s) || strings.Contains(string(s.Plan().Scenario), "null") {
			t.Errorf("%s: not taken away: %s", set, s.Plan().Scenario)
		}
	}
	for set, want := range map[string]string{
		"name=null":                      "--set name: name cannot be null, since scenario needs it: The name of the runs",
		"flows=null":                     "--set flows: flows cannot be null, since scenario needs it: ",
		"abort.when=null":                "--set abort.when: when cannot be null, since abort needs it: ",
		"server.prometheus.url=null":     "--set server.prometheus.url: url cannot be null, since prometheus needs it: ",
		"server.prometheus.queries=null": "--set server.prometheus.queries: queries cannot be null, since prometheus needs it: ",
		"thresholds.3=null":              "--set thresholds.3: \"3\" is no item of the list: it has 3, counted from 0",
		"thresholds=[null]":              "--set thresholds: thresholds: want a condition",
		"server=":                        "--set server: server is given without a value: null leaves it out",
		"servre=null":                    `--set servre: unknown field "servre" in scenario: did you mean "server"?`,
		"flows.reley.load=null":          `no flow is named "reley": did you mean "relay"?`,
		"servre.prometheus=null":         "--set servre.prometheus: there is nothing to take away: the scenario has no servre",
		"server.promtheus.url=null":      "--set server.promtheus.url: there is nothing to take away: the scenario has no server.promtheus",
		"allow_domains.0=null":           "--set allow_domains.0: there is nothing to take away: the scenario has no allow_domains",
	} {
		if _, err := load(set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q in %v", set, want, err)
		}
	}
	s, err := load("flows.peak=null", "thresholds.0=null", "thresholds.2=null")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "flows", len(s.Plan().Flows), 1)
	equal(t, "items are counted as in the file", s.Criteria().Thresholds[0].Expr, "relay.accepted > 5")
	s, err = load("server=null", "server.processes=[exim]", "warmup=null", "warmup=3s")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "given again", s.Watched(), []string{"exim"})
	equal(t, "given again", s.Plan().Warmup, 3*time.Second)
	if _, err := load("server.prometheus.queries={cpu: null}"); err == nil || !strings.Contains(err.Error(), "queries: want 1 to 20 entries, found nothing but null") {
		t.Errorf("a mapping of nothing: %v", err)
	}
}

// What holds for settings holds for files: of the scenario below any option goes, and the
// schema takes what the loader takes, but for an option that is not whole by itself.
func TestNullInFiles(t *testing.T) {
	top := "extends: base.yaml\nserver: {prometheus: null}\nabort: {over: null}\nbaseline: null\nthresholds: null\nseed: null\nflows: {none: null}\n"
	o := scenarioFiles(t, map[string]string{
		"base.yaml": base + `server: {processes: [postfix], prometheus: {url: "http://127.0.0.1:9090", queries: {cpu: a}}}` + "\nthresholds: [errors < 1%]\n",
		"top.yaml":  top,
	})
	s, err := Load("top.yaml", o)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "what Prometheus says", s.Prometheus() == nil, true)
	equal(t, "processes", s.Watched(), []string{"postfix"})
	equal(t, "thresholds", len(s.Criteria().Thresholds), 0)
	equal(t, "flows", len(s.Plan().Flows), 2)
	if err := compiledSchema(t).Validate(asJSON(t, []byte(strings.Replace(top, "abort: {over: null}\n", "", 1)))); err != nil {
		t.Error(err)
	}
}

func TestTarget(t *testing.T) {
	load := func(source, host string) (*loadgen.Plan, error) {
		o := testOptions()
		o.Target = host
		s, err := Parse("f.yaml", []byte(source), o)
		if err != nil {
			return nil, err
		}
		return s.Plan(), nil
	}
	for host, want := range map[string]string{
		"10.0.0.1": "10.0.0.1", "mail.example.test": "mail.example.test", "::1": "::1", "[::1]": "::1", "sink": "sink",
	} {
		p, err := load(base, host)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		equal(t, host, p.Flows[1].Target.Host, want)
	}
	if p, err := load(strings.Replace(base, "target: {host: 127.0.0.1}\n", "", 1), "10.0.0.1"); err != nil || p.Flows[0].Target.Host != "10.0.0.1" {
		t.Errorf("a scenario without a target: %v", err)
	}
	for host, want := range map[string]string{
		"10.0.0.1:26": "--target: takes no port, which belongs to the flow: use --target 10.0.0.1 --set flows.relay.port=26, and so for each flow",
		"[::1]:26":    "use --target [::1] --set flows.relay.port=26", "0.0.0.0": "--target: host: ", "a b": "--target: host: ",
	} {
		if _, err := load(base, host); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", host, err)
		}
	}
	o := testOptions()
	o.Target, o.TargetFlag = "10.0.0.1", "--b"
	if _, err := Parse("f.yaml", []byte(layers), o); err == nil || !strings.Contains(err.Error(), "--b: flow other has a target of its own: give two scenarios") {
		t.Errorf("a target by another flag: %v", err)
	}
	if _, err := load(layers, "10.0.0.1"); err == nil || !strings.Contains(err.Error(), "--set flows.other.target.host=10.0.0.1") {
		t.Errorf("a flow's own target is left out without a word: %v", err)
	}
}

func TestChosenFlows(t *testing.T) {
	source := `name: some
target: {host: 127.0.0.1}
baseline: a
defaults: {load: {sessions: 1, messages: 1}}
flows: {a: {port: 25}, b: {port: 25}, c: {port: 25}}
thresholds: [a.errors < 1%, b.errors < 1%, errors < 2%]
gates: [a.rate < -5%, rate < -5%]
`
	for name, test := range map[string]struct {
		only, skip []string
		flows      string
		thresholds int
		want       string
	}{
		"only":        {only: []string{"c", "a"}, flows: "a c", thresholds: 3},
		"skip":        {skip: []string{"b"}, flows: "a c", thresholds: 3},
		"both":        {only: []string{"b", "c"}, skip: []string{"c"}, flows: "b", thresholds: 2},
		"none":        {},
		"unknown":     {only: []string{"d"}, want: "--flow: "},
		"nothing":     {skip: []string{"a", "b", "c"}, want: "--skip-flow: no flow is left"},
		"skip others": {skip: []string{"x"}, want: "--skip-flow: "},
	} {
		o := testOptions()
		o.Flows, o.SkipFlows = test.only, test.skip
		s, err := Parse("a.yaml", []byte(source), o)
		if test.want != "" {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %s", name, err, test.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var flows []string
		for _, f := range s.Plan().Flows {
			flows = append(flows, f.Name)
		}
		if test.flows == "" {
			test.flows, test.thresholds = "a b c", 5
		}
		equal(t, name, strings.Join(flows, " "), test.flows)
		equal(t, name+"'s thresholds", len(s.Criteria().Thresholds), test.thresholds)
		left := !strings.Contains(test.flows, "a")
		equal(t, name+"'s baseline", s.Criteria().Baseline == "", left)
		equal(t, name+"'s notes", len(s.Notes()) > 0, left)
	}
}
