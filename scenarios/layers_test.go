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
		"10.0.0.1:25": "--target: host: want a host name", "0.0.0.0": "--target: host: ", "a b": "--target: host: ",
	} {
		if _, err := load(base, host); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", host, err)
		}
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
