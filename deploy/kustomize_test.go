package deploy

import (
	"path/filepath"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// kustomized returns what kubectl apply -k makes of a folder.
func kustomized(t *testing.T, folder string) *cluster {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join("kubernetes", filepath.FromSlash(folder)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := made.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	c := newCluster()
	c.add(t, text)
	if len(c.secrets) > 0 {
		t.Error("the token is in the repository")
	}
	return c
}

func TestKustomizeBase(t *testing.T) {
	c := kustomized(t, "base")
	c.checkFleet(t, 2, "")
	c.checkRestricted(t)
	c.checkReached(t, "agent", "192.0.2.25/32 tcp/25 tcp/465 tcp/587 tcp/2525", "coordinator tcp/4222")
	c.checkReached(t, "coordinator")
}

// The overlay has twice the agents, and a target that leads to a server.
func TestKustomizeOverlay(t *testing.T) {
	c := kustomized(t, "overlays/sink")
	c.checkFleet(t, 4, "")
	c.checkRestricted(t)
	c.checkReached(t, "agent", "target tcp/2525", "coordinator tcp/4222")
	c.checkReached(t, "coordinator")

	target := c.deployments["smtpgauge-target"]
	if target == nil {
		t.Fatal("no target")
	}
	sink := target.Spec.Template.Spec.Containers[0]
	accepted(t, sink.Args)
	if agent := c.container(t, c.component(t, "agent")); sink.Image != agent.Image {
		t.Errorf("the target is of the image %s, the agents of %s", sink.Image, agent.Image)
	}
	if got := reached(t, c.policies["smtpgauge-target"].Spec); len(got) > 0 {
		t.Errorf("the target reaches %q", got)
	}
	if s := c.services["smtpgauge-target"]; s == nil || s.Spec.Ports[0].Port != 2525 || sink.Ports[0].ContainerPort != 2525 || value(t, sink.Args, "--listen") != "0.0.0.0:2525,none" {
		t.Error("the target's service does not lead to its listener")
	}
}
