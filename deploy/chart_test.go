package deploy

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// values are the values of a chart, as a user gives them.
type values = map[string]any

// render renders the chart with some values as helm install does, without a cluster.
func render(t *testing.T, v values) (map[string]string, error) {
	t.Helper()
	chart, err := loader.Load("kubernetes/chart")
	if err != nil {
		t.Fatal(err)
	}
	if err := chart.Validate(); err != nil {
		t.Fatal(err)
	}
	options := chartutil.ReleaseOptions{Name: "evening", Namespace: "load", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, v, options, nil)
	if err != nil {
		return nil, err
	}
	return engine.Render(chart, all)
}

// charted returns what the chart makes of some values.
func charted(t *testing.T, v values) *cluster {
	t.Helper()
	files, err := render(t, v)
	if err != nil {
		t.Fatal(err)
	}
	c := newCluster()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".yaml") {
			c.add(t, []byte(files[name]))
		}
	}
	return c
}

// scenario is the text of a scenario file.
func scenario(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("kubernetes/base/scenario.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func target(v values) values { return values{"target": v} }

func TestChart(t *testing.T) {
	c := charted(t, values{
		"agents":        3,
		"scenario":      scenario(t),
		"set":           values{"flows.relay.load.rate": "500 messages/s"},
		"secret":        values{"environment": values{"SMTP_PASSWORD": "correct horse"}},
		"coordinator":   values{"port": 4333, "allowLost": 1, "flags": []any{"--format=json"}},
		"agent":         values{"mayLoad": []any{"mail.example.test"}},
		"results":       values{"claim": "runs"},
		"networkPolicy": target(values{"cidrs": []any{"198.51.100.0/24"}, "ports": []any{25}}),
	})
	c.checkFleet(t, 3, "")
	c.checkRestricted(t)
	c.checkReached(t, "agent", "198.51.100.0/24 tcp/25", "coordinator tcp/4333")
	c.checkReached(t, "coordinator")

	secret := c.secrets["evening"]
	if secret == nil || len(secret.Data["SMTPGAUGE_TOKEN"]) < 32 || string(secret.Data["SMTP_PASSWORD"]) != "correct horse" {
		t.Errorf("the Secret has not the token and the password: %v", secret)
	}
	coordinator := c.container(t, c.component(t, "coordinator"))
	for _, want := range []string{"--allow-lost=1", "--format=json", "--set=flows.relay.load.rate=500 messages/s"} {
		if !slices.Contains(coordinator.Args, want) {
			t.Errorf("no %s in %q", want, coordinator.Args)
		}
	}
	if args := c.container(t, c.component(t, "agent")).Args; !slices.Contains(args, "--i-may-load=mail.example.test") {
		t.Errorf("the agents may not load the target: %q", args)
	}
	if c.configMaps["evening-scenario"].Data["scenario.yaml"] != scenario(t) {
		t.Error("the scenario has another text")
	}
	claimed := false
	for _, v := range c.component(t, "coordinator").Spec.Template.Spec.Volumes {
		claimed = claimed || v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == "runs"
	}
	if !claimed {
		t.Error("the run file is not kept")
	}
}

// With a NATS cluster that exists, nothing listens, and both sides go there.
func TestChartNATS(t *testing.T) {
	c := charted(t, values{
		"scenario":      scenario(t),
		"secret":        values{"existing": "mine"},
		"nats":          values{"url": "tls://nats.example.test:4223", "cidrs": []any{"203.0.113.7/32"}, "credentials": "nats-user", "ca": "nats-ca"},
		"networkPolicy": target(values{"pods": values{"app.kubernetes.io/component": "mta"}}),
	})
	c.checkFleet(t, 2, "tls://nats.example.test:4223")
	c.checkReached(t, "agent", "mta tcp/25 tcp/465 tcp/587 tcp/2525", "203.0.113.7/32 tcp/4223")
	c.checkReached(t, "coordinator", "203.0.113.7/32 tcp/4223")
	for _, component := range []string{"coordinator", "agent"} {
		container := c.container(t, c.component(t, component))
		if !slices.Contains(container.Args, "--nats-creds=/nats/credentials/nats.creds") || !slices.Contains(container.Args, "--nats-ca=/nats/ca/ca.crt") || len(container.VolumeMounts) < 3 {
			t.Errorf("the %s cannot log in: %q %v", component, container.Args, container.VolumeMounts)
		}
	}
	if len(c.secrets) > 0 || c.container(t, c.component(t, "coordinator")).EnvFrom[0].SecretRef.Name != "mine" {
		t.Error("the Secret that exists is not used")
	}
}

// Two releases have two tokens.
func TestChartTokens(t *testing.T) {
	v := values{"scenario": scenario(t), "networkPolicy": values{"enabled": false}}
	a, b := charted(t, v), charted(t, v)
	if string(a.secrets["evening"].Data["SMTPGAUGE_TOKEN"]) == string(b.secrets["evening"].Data["SMTPGAUGE_TOKEN"]) {
		t.Error("the token is always the same")
	}
	if len(a.policies) > 0 {
		t.Error("the network policies cannot be left out")
	}
}

// What cannot work is refused, with what to do about it.
func TestChartRefuses(t *testing.T) {
	good := target(values{"cidrs": []any{"198.51.100.0/24"}})
	for want, v := range map[string]values{
		"--set-file scenario=FILE":    {"networkPolicy": good},
		"networkPolicy.target":        {"scenario": scenario(t)},
		"nats.cidrs":                  {"scenario": scenario(t), "networkPolicy": good, "nats": values{"url": "nats://nats:4222"}},
		"at '/agents': got string":    {"scenario": scenario(t), "networkPolicy": good, "agents": "2"},
		"at '/agents': minimum":       {"scenario": scenario(t), "networkPolicy": good, "agents": 0},
		"'agent_count' not allowed":   {"scenario": scenario(t), "networkPolicy": good, "agent_count": 2},
		"'SMTPGAUGE_TOKEN'":           {"scenario": scenario(t), "networkPolicy": good, "secret": values{"environment": values{"SMTPGAUGE_TOKEN": "x"}}},
		"at '/nats/url'":              {"scenario": scenario(t), "networkPolicy": good, "nats": values{"url": "nats://user:password@nats:4222"}},
		"at '/coordinator/flags/0': ": {"scenario": scenario(t), "networkPolicy": good, "coordinator": values{"flags": []any{"other.yaml"}}},
	} {
		if _, err := render(t, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
