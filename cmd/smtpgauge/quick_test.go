package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// quickPlan is what quick would run with flags.
func quickPlan(t *testing.T, args ...string) *loadgen.Plan {
	t.Helper()
	t.Setenv(scenarios.PasswordVariable, "hush")
	var stdout, stderr strings.Builder
	if code := run(t.Context(), append([]string{"quick", "--print"}, args...), strings.NewReader(""), &stdout, &stderr); code != exitOK {
		t.Fatalf("quick --print %q: exit %d: %s", args, code, stderr.String())
	}
	if strings.Contains(stdout.String(), "hush") {
		t.Errorf("the password is in the scenario:\n%s", stdout.String())
	}
	job, err := resolve(scenarios.Parse("quick.yaml", []byte(stdout.String()), scenarios.LoadOptions{}))
	if err != nil {
		t.Fatalf("quick %q printed a scenario that does not load: %v\n%s", args, err, stdout.String())
	}
	return job.Plan
}

func TestQuickPorts(t *testing.T) {
	for _, c := range []struct {
		args []string
		host string
		port int
		tls  sample.TLSMode
	}{
		{[]string{"127.0.0.1"}, "127.0.0.1", 25, sample.TLSNone},
		{[]string{"127.0.0.1:587"}, "127.0.0.1", 587, sample.TLSStart},
		{[]string{"127.0.0.1", "--user", "u"}, "127.0.0.1", 587, sample.TLSStart},
		{[]string{"127.0.0.1", "--tls", "implicit"}, "127.0.0.1", 465, sample.TLSImplicit},
		{[]string{"127.0.0.1", "--tls", "none", "--user", "u"}, "127.0.0.1", 25, sample.TLSNone},
		{[]string{"[::1]:1025", "--tls", "starttls"}, "::1", 1025, sample.TLSStart},
		{[]string{"::1"}, "::1", 25, sample.TLSNone},
		{[]string{"on:2525"}, "on", 2525, sample.TLSStart},
	} {
		f := quickPlan(t, c.args...).Flows[0]
		if f.Target.Host != c.host || f.Target.Port != c.port || f.Session.Wire.TLS != c.tls {
			t.Errorf("quick %q: %s port %d TLS %d, want %s port %d TLS %d",
				c.args, f.Target.Host, f.Target.Port, f.Session.Wire.TLS, c.host, c.port, c.tls)
		}
	}
}

func TestQuickLoads(t *testing.T) {
	l := quickPlan(t, "sink").Flows[0].Load
	if l.Open() || l.Sessions != 10 || l.Duration != 10*time.Second || l.Messages != 0 {
		t.Errorf("by default %+v", l)
	}
	l = quickPlan(t, "sink", "--messages", "500", "--sessions", "3").Flows[0].Load
	if l.Open() || l.Sessions != 3 || l.Messages != 500 || l.Duration != 0 {
		t.Errorf("with --messages %+v", l)
	}
	l = quickPlan(t, "sink", "--rate", "20", "--for", "3s").Flows[0].Load
	if !l.Open() || l.Unit != loadgen.Messages || l.Stages[0].From != 20 || l.Stages[0].For != 3*time.Second {
		t.Errorf("with --rate 20 %+v", l)
	}
	l = quickPlan(t, "sink", "--rate", "120 sessions/min", "--sessions", "7").Flows[0].Load
	if l.Unit != loadgen.Sessions || l.Stages[0].From != 2 || l.MaxSessions != 7 {
		t.Errorf("with --rate in sessions %+v", l)
	}
}

func TestQuickTellsTheRest(t *testing.T) {
	f := quickPlan(t, "sink", "--user", `we"ird: #name`, "--mechanism", "LOGIN", "--from", "a@example.org",
		"--to", "u{1..9}@company.fr", "--allow-domain", "company.fr", "--size", "64KiB", "--per-session", "0",
		"--server-name", "mx.example.test", "--insecure").Flows[0]
	want := smtpwire.Credentials{Mechanism: "LOGIN", Username: `we"ird: #name`, Password: "hush"}
	if len(f.Session.Accounts) != 1 || f.Session.Accounts[0] != want {
		t.Errorf("accounts %+v", f.Session.Accounts)
	}
	if f.Mail.From != "a@example.org" || f.Mail.To[0] != "u{1..9}@company.fr" || f.Mail.Size.Median != 64<<10 || f.Session.Messages != 0 {
		t.Errorf("mail %+v, %d messages a session", f.Mail, f.Session.Messages)
	}
	if f.Target.TLS.ServerName != "mx.example.test" || !f.Target.TLS.InsecureSkipVerify {
		t.Errorf("server name %q, insecure %v", f.Target.TLS.ServerName, f.Target.TLS.InsecureSkipVerify)
	}
}

// A flag's text reaches the plan as it was given, even if it means something in
// YAML or in a scenario.
func TestQuickTakesTextsAsTheyAre(t *testing.T) {
	for _, user := range []string{
		"a$$b", "x${env:HOME}", "${file:/etc/passwd}", "$", "$$$", "${", "$SMTPGAUGE_PASSWORD", `back\slash "quoted" 'so'`, "a: b #c", "- x", "{y}", "[z]",
		"*a", "&b", "!c", "%d", "@e", "`f`", "null", "~", "yes", "0x1F", "1_000", "1_0.5", "1e3", ".inf", "2001-12-14", "12:30:45", "=", "<<", " lead", "trail ",
		"naïve", "日本", "\u202e\u200b\ufe0f", "\x1b[31m\u009b", "##vso[x]", "::error::", "e\u0301", "\U000e0041", "\u2028", "tab\there", "\ufeff",
	} {
		p := quickPlan(t, "sink", "--user", user)
		if got := p.Flows[0].Session.Accounts[0].Username; got != user {
			t.Errorf("--user %q is sent as %q", user, got)
		}
	}
	f := quickPlan(t, "sink", "--from", "a$$b@example.test", "--to", "$HOME@example.test").Flows[0]
	if f.Mail.From != "a$$b@example.test" || f.Mail.To[0] != "$HOME@example.test" {
		t.Errorf("from %s to %s", f.Mail.From, f.Mail.To)
	}
	var stderr strings.Builder
	if code := run(t.Context(), []string{"quick", "sink", "--print", "--user", "caf\xe9"}, strings.NewReader(""), io.Discard, &stderr); code != exitUsage || !strings.Contains(stderr.String(), `"caf\xe9" is not UTF-8`) {
		t.Errorf("exit %d, %s", code, &stderr)
	}
}
