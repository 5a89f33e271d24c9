package deploy

import (
	"maps"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// composed returns what compose.yaml says in some environment.
func composed(t *testing.T, environment types.Mapping) (*types.Project, error) {
	t.Helper()
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  ".",
		ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml"}},
		Environment: environment,
	}, func(o *loader.Options) { o.SkipResolveEnvironment = true })
}

const token = "0123456789abcdef0123456789abcdef"

func TestCompose(t *testing.T) {
	for agents, environment := range map[int]types.Mapping{
		2: {"SMTPGAUGE_TOKEN": token},
		5: {"SMTPGAUGE_TOKEN": token, "AGENTS": "5"},
	} {
		p, err := composed(t, environment)
		if err != nil {
			t.Fatal(err)
		}
		coordinator, agent, postfix := p.Services["coordinator"], p.Services["agent"], p.Services["postfix"]
		f := fleet{coordinator: coordinator.Command, host: "coordinator"}
		for range *agent.Deploy.Replicas {
			f.agents = append(f.agents, agent.Command)
		}
		if len(f.agents) != agents {
			t.Errorf("%d agents, want %d", len(f.agents), agents)
		}
		f.check(t)

		for name, s := range p.Services {
			if s.Restart != "no" {
				t.Errorf("%s is started again: %q", name, s.Restart)
			}
			if !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
				t.Errorf("%s may do more than it needs", name)
			}
			if len(s.Ports) > 0 {
				t.Errorf("%s can be reached from outside", name)
			}
		}
		for _, s := range []types.ServiceConfig{coordinator, agent} {
			if s.User != "65532:65532" || !s.ReadOnly || len(s.CapAdd) > 0 {
				t.Errorf("%s may do more than it needs", s.Name)
			}
			if v := s.Environment["SMTPGAUGE_TOKEN"]; v == nil || *v != token {
				t.Errorf("%s has not the token", s.Name)
			}
			if s.Image != coordinator.Image || s.Build.Dockerfile != "deploy/Containerfile" {
				t.Errorf("%s is of the image %s by %s", s.Name, s.Image, s.Build.Dockerfile)
			}
		}
		if _, ok := postfix.Environment["SMTPGAUGE_TOKEN"]; ok {
			t.Error("the target has the token")
		}
		checkNetworks(t, p)

		mounted := coordinator.Configs[0]
		if mounted.Target != coordinator.Command[1] {
			t.Errorf("the scenario is %s, and the coordinator runs %s", mounted.Target, coordinator.Command[1])
		}
		validScenario(t, p.Configs[mounted.Source].Content)
	}
}

// checkNetworks fails the test unless the agents alone reach both sides, and nothing reaches
// the world.
func checkNetworks(t *testing.T, p *types.Project) {
	t.Helper()
	for service, want := range map[string][]string{"coordinator": {"bus"}, "agent": {"bus", "mail"}, "postfix": {"mail"}} {
		if got := slices.Sorted(maps.Keys(p.Services[service].Networks)); !slices.Equal(got, want) {
			t.Errorf("%s is in %q, want %q", service, got, want)
		}
	}
	for name, n := range p.Networks {
		if !n.Internal {
			t.Errorf("the network %s leads to the world", name)
		}
	}
}

// Without a token nothing starts.
func TestComposeNeedsToken(t *testing.T) {
	if _, err := composed(t, nil); err == nil {
		t.Error("it starts without a token")
	}
}
