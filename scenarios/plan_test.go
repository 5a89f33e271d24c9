package scenarios

import (
	"crypto/tls"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// mustLoad returns the plan of a file in testdata.
func mustLoad(t *testing.T, name string, set ...string) *loadgen.Plan {
	t.Helper()
	s, err := Load(name, testOptions(set...))
	if err != nil {
		t.Fatal(err)
	}
	return s.Plan()
}

func mustParse(t *testing.T, source string, set ...string) *loadgen.Plan {
	t.Helper()
	s, err := Parse("test.yaml", []byte(source), testOptions(set...))
	if err != nil {
		t.Fatal(err)
	}
	return s.Plan()
}

func criteriaOf(t *testing.T, name string) criteria.Criteria {
	t.Helper()
	s, err := Load(name, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	return s.Criteria()
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

func TestPlanOfPorts(t *testing.T) {
	p := mustLoad(t, "ports-and-tls.yaml")
	equal(t, "name", p.Name, "ports-and-tls")
	equal(t, "seed", p.Seed, uint64(1))
	equal(t, "in turn", p.InTurn, true)
	equal(t, "rounds", p.Rounds, 3)
	equal(t, "baseline", criteriaOf(t, "ports-and-tls.yaml").Baseline, "relay-25")
	equal(t, "warmup", p.Warmup, 2*time.Second)
	if len(p.Flows) != 4 {
		t.Fatalf("%d flows", len(p.Flows))
	}
	account := smtpwire.Credentials{Mechanism: "PLAIN", Username: "bench@example.test", Password: secretValue}
	login := account
	login.Mechanism = "LOGIN"
	for i, want := range []struct {
		name     string
		port     int
		tls      sample.TLSMode
		accounts []smtpwire.Credentials
	}{
		{"relay-25", 25, sample.TLSNone, nil},
		{"smtps-465", 465, sample.TLSImplicit, []smtpwire.Credentials{account}},
		{"submit-587", 587, sample.TLSStart, []smtpwire.Credentials{account}},
		{"alt-2525", 2525, sample.TLSStart, []smtpwire.Credentials{login}},
	} {
		f := p.Flows[i]
		equal(t, "name", f.Name, want.name)
		equal(t, "port", f.Target.Port, want.port)
		equal(t, "host", f.Target.Host, "127.0.0.1")
		equal(t, "tls", f.Session.Wire.TLS, want.tls)
		equal(t, "accounts", f.Session.Accounts, want.accounts)
		equal(t, "messages", f.Session.Messages, 10)
		equal(t, "load", f.Load, loadgen.Load{Sessions: 50, Duration: 10 * time.Second})
		equal(t, "size", f.Mail.Size, mail.Size{Median: 4096})
		equal(t, "from", f.Mail.From, "bench@example.test")
		equal(t, "to", f.Mail.To, []string{"bench@example.test"})
		equal(t, "timeouts", f.Timeouts, loadgen.Timeouts{
			Connect: 5 * time.Second, TLS: 5 * time.Second, Command: 30 * time.Second, Body: time.Minute})
		if want.tls == sample.TLSNone {
			if f.Target.TLS != nil {
				t.Error("a plain flow has TLS")
			}
			continue
		}
		c := f.Target.TLS
		if c.ServerName != "mail.example.test" || c.RootCAs == nil || c.InsecureSkipVerify ||
			c.MinVersion != tls.VersionTLS12 || c.ClientSessionCache != nil {
			t.Errorf("%s: TLS is %+v", want.name, c)
		}
	}
	equal(t, "thresholds", criteriaOf(t, "ports-and-tls.yaml").Thresholds, []criteria.Threshold{
		{Expr: "submit-587.message.p99 < 250ms", Flow: "submit-587", Op: "<", Limit: 250e6,
			Metric: criteria.Metric{Kind: criteria.Latency, Phase: sample.SpanMessage, Stat: "p99", Q: 0.99}},
		{Expr: "relay-25.errors < 0.1%", Flow: "relay-25", Op: "<", Limit: 0.001,
			Metric: criteria.Metric{Kind: criteria.Errors}},
	})
}

func TestPlanOfMorningPeak(t *testing.T) {
	f := mustLoad(t, "morning-peak.yaml").Flows[0]
	equal(t, "load", f.Load, loadgen.Load{
		Stages: []pace.Stage{{For: 30 * time.Second, From: 300, To: 300}},
		Unit:   loadgen.Sessions, Process: pace.Poisson, MaxSessions: 2000,
	})
	equal(t, "messages a session", f.Session.Messages, 1)
	equal(t, "size", f.Mail.Size, mail.Size{Median: 20 << 10, P99: 500 << 10})
	equal(t, "from", f.Mail.From, "s{seq}@example.org")
	equal(t, "to", f.Mail.To, []string{"user{1..5000}@example.test"})
	equal(t, "recipients", f.Mail.Recipients, 2)
}

func TestPlanOfRamp(t *testing.T) {
	p := mustLoad(t, "ramp.yaml")
	equal(t, "load", p.Flows[0].Load, loadgen.Load{
		Stages: []pace.Stage{
			{For: 10 * time.Second, From: 0, To: 1000},
			{For: 20 * time.Second, From: 1000, To: 1000},
			{For: time.Second, From: 3000, To: 3000},
		},
		Unit: loadgen.Messages, Process: pace.Uniform, MaxSessions: 500,
	})
	equal(t, "messages a session", p.Flows[0].Session.Messages, 0)
	equal(t, "part", criteriaOf(t, "ramp.yaml").Thresholds[0].Metric.Part, sample.Response)
}

// The resolved scenario, as run files have it, is a scenario again, and gives the
// same plan.
func TestResolvedIsAScenarioAgain(t *testing.T) {
	for _, name := range []string{"ports-and-tls.yaml", "morning-peak.yaml", "ramp.yaml"} {
		p := mustLoad(t, name)
		if !json.Valid(p.Scenario) {
			t.Fatalf("%s: not JSON: %s", name, p.Scenario)
		}
		again := mustParse(t, string(p.Scenario))
		equal(t, name, string(again.Scenario), string(p.Scenario))
		text, err := YAML(p)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name+" as YAML", string(mustParse(t, string(text)).Scenario), string(p.Scenario))
		for i := range p.Flows { // pools of certificates cannot be compared
			p.Flows[i].Target.TLS, again.Flows[i].Target.TLS = nil, nil
		}
		equal(t, name, again, p)
	}
}

func TestPlansAreIndependent(t *testing.T) {
	s, err := Load("ramp.yaml", testOptions())
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	p.Flows[0].Target.Dial = "127.0.0.1:1"
	p.Flows[0].Target.TLS.ServerName = "changed"
	again := s.Plan()
	equal(t, "dial", again.Flows[0].Target.Dial, "")
	equal(t, "server name", again.Flows[0].Target.TLS.ServerName, SinkHost)
}
