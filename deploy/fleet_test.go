package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// component returns the one Job whose pods have a component's label.
func (c *cluster) component(t *testing.T, name string) *batchv1.Job {
	t.Helper()
	var found *batchv1.Job
	for _, job := range c.jobs {
		if job.Spec.Template.Labels["app.kubernetes.io/component"] == name {
			if found != nil {
				t.Fatalf("%s and %s are both the %s", found.Name, job.Name, name)
			}
			found = job
		}
	}
	if found == nil {
		t.Fatalf("no job is the %s", name)
	}
	return found
}

// container returns the one container of a Job, after checks that hold for both Jobs.
func (c *cluster) container(t *testing.T, job *batchv1.Job) corev1.Container {
	t.Helper()
	pod := job.Spec.Template.Spec
	if len(pod.Containers) != 1 || len(pod.InitContainers) != 0 {
		t.Fatalf("%s has not one container", job.Name)
	}
	if pod.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("%s restarts its pods: %s", job.Name, pod.RestartPolicy)
	}
	if job.Spec.ActiveDeadlineSeconds == nil {
		t.Errorf("%s may run for ever", job.Name)
	}
	if p := job.Spec.PodReplacementPolicy; p == nil || *p != batchv1.Failed {
		t.Errorf("%s starts a pod beside one that is still ending", job.Name)
	}
	container := pod.Containers[0]
	c.checkMounts(t, job, container)
	return container
}

// checkMounts fails the test unless each volume that a container mounts is there, and each
// ConfigMap and each Secret that is not the user's.
func (c *cluster) checkMounts(t *testing.T, job *batchv1.Job, container corev1.Container) {
	t.Helper()
	volumes := map[string]corev1.Volume{}
	for _, v := range job.Spec.Template.Spec.Volumes {
		volumes[v.Name] = v
		if v.ConfigMap != nil && c.configMaps[v.ConfigMap.Name] == nil {
			t.Errorf("%s mounts the ConfigMap %s, and there is none", job.Name, v.ConfigMap.Name)
		}
	}
	writable := false
	for _, m := range container.VolumeMounts {
		if _, ok := volumes[m.Name]; !ok {
			t.Errorf("%s mounts the volume %s, and there is none", job.Name, m.Name)
		}
		writable = writable || m.MountPath == container.WorkingDir && !m.ReadOnly
	}
	if !writable {
		t.Errorf("%s cannot write to its working directory", job.Name)
	}
}

// checkFleet holds a cluster to what one run of a number of agents needs. nats is the URL of
// a NATS cluster that exists, if there is one.
func (c *cluster) checkFleet(t *testing.T, agents int, nats string) {
	t.Helper()
	coordinator, agent := c.component(t, "coordinator"), c.component(t, "agent")
	serving, loading := c.container(t, coordinator), c.container(t, agent)
	if serving.Image != loading.Image {
		t.Errorf("the coordinator is of the image %s, the agents of %s", serving.Image, loading.Image)
	}

	if s := coordinator.Spec; s.BackoffLimit == nil || *s.BackoffLimit != 0 || s.Completions != nil && *s.Completions != 1 {
		t.Error("there may be a second coordinator")
	}
	s := agent.Spec
	if s.CompletionMode == nil || *s.CompletionMode != batchv1.IndexedCompletion {
		t.Errorf("the agents' Job is not an Indexed one")
	}
	if s.BackoffLimitPerIndex == nil || *s.BackoffLimitPerIndex != 0 {
		t.Error("a lost agent is started again")
	}
	if s.BackoffLimit != nil || s.MaxFailedIndexes != nil {
		t.Error("a lost agent ends the others")
	}
	if s.Completions == nil || s.Parallelism == nil || int(*s.Completions) != agents || int(*s.Parallelism) != agents {
		t.Errorf("not all %d agents run at once: %v of %v", agents, s.Parallelism, s.Completions)
	}
	if r := loading.Resources; !reflect.DeepEqual(r.Requests, r.Limits) || r.Limits.Cpu().MilliValue()%1000 != 0 {
		t.Errorf("the kubelet cannot give cores to an agent alone: %+v", r)
	}

	f := fleet{coordinator: serving.Args, nats: nats}
	for range agents {
		f.agents = append(f.agents, loading.Args)
	}
	if nats == "" {
		f.host = c.checkService(t, coordinator, serving)
	} else if len(c.services) > 0 || len(serving.Ports) > 0 {
		t.Error("the coordinator does not listen, and something leads to it")
	}
	f.check(t)
	c.checkSecrets(t, serving, loading)
	validScenario(t, c.scenarioOf(t, coordinator, serving))
}

// checkService returns the name of the service that leads to the coordinator's port.
func (c *cluster) checkService(t *testing.T, coordinator *batchv1.Job, serving corev1.Container) string {
	t.Helper()
	for name, service := range c.services {
		if !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(coordinator.Spec.Template.Labels)) {
			continue
		}
		if len(service.Spec.Ports) != 1 || len(serving.Ports) != 1 {
			t.Fatalf("%s has not one port", name)
		}
		from, to := service.Spec.Ports[0], serving.Ports[0]
		if from.TargetPort.StrVal != to.Name {
			t.Errorf("%s leads to the port %v, and the coordinator's is %s", name, from.TargetPort, to.Name)
		}
		listen := value(t, serving.Args, "--listen")
		if want := "0.0.0.0:" + fmt.Sprint(to.ContainerPort); listen != want || from.Port != to.ContainerPort {
			t.Errorf("the coordinator listens on %s, its port is %d, and the service's %d", listen, to.ContainerPort, from.Port)
		}
		if !service.Spec.PublishNotReadyAddresses {
			t.Errorf("%s waits for the coordinator to be ready", name)
		}
		return name
	}
	t.Fatal("no service leads to the coordinator")
	return ""
}

// checkSecrets fails the test if a secret stands anywhere but in a Secret, or an agent gets
// more of it than the token.
func (c *cluster) checkSecrets(t *testing.T, serving, loading corev1.Container) {
	t.Helper()
	if len(serving.Env) != 0 || len(serving.EnvFrom) != 1 || serving.EnvFrom[0].SecretRef == nil {
		t.Fatalf("the coordinator's environment is not from one Secret: %+v", serving.Env)
	}
	if len(loading.EnvFrom) != 0 || len(loading.Env) != 1 || loading.Env[0].Name != "SMTPGAUGE_TOKEN" ||
		loading.Env[0].ValueFrom == nil || loading.Env[0].ValueFrom.SecretKeyRef == nil {
		t.Fatalf("an agent gets not the token alone: %+v", loading.Env)
	}
	from, ref := serving.EnvFrom[0].SecretRef.Name, loading.Env[0].ValueFrom.SecretKeyRef
	if from != ref.Name || ref.Key != "SMTPGAUGE_TOKEN" {
		t.Errorf("the coordinator's token is from the Secret %s, an agent's is %s of %s", from, ref.Key, ref.Name)
	}
	others, err := json.Marshal([]any{c.jobs, c.configMaps, c.services, c.policies, c.deployments})
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range c.secrets {
		for key, v := range secret.Data {
			if len(v) == 0 || strings.Contains(string(others), string(v)) {
				t.Errorf("%s of the Secret %s stands elsewhere too, or is empty", key, name)
			}
		}
	}
}

// scenarioOf returns the text of the scenario that the coordinator is given.
func (c *cluster) scenarioOf(t *testing.T, coordinator *batchv1.Job, serving corev1.Container) string {
	t.Helper()
	folder, file := path.Split(serving.Args[1])
	for _, m := range serving.VolumeMounts {
		if m.MountPath != path.Clean(folder) {
			continue
		}
		for _, v := range coordinator.Spec.Template.Spec.Volumes {
			if v.Name == m.Name && v.ConfigMap != nil {
				return c.configMaps[v.ConfigMap.Name].Data[file]
			}
		}
	}
	t.Fatalf("no volume has the scenario %s", serving.Args[1])
	return ""
}

// checkRestricted holds every pod to the Pod Security Standard "restricted", and to what the
// program does not need.
func (c *cluster) checkRestricted(t *testing.T) {
	t.Helper()
	pods := map[string]corev1.PodSpec{}
	for name, job := range c.jobs {
		pods[name] = job.Spec.Template.Spec
	}
	for name, d := range c.deployments {
		pods[name] = d.Spec.Template.Spec
	}
	for name, pod := range pods {
		s := pod.SecurityContext
		if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 ||
			s.SeccompProfile == nil || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s may be root, or has no seccomp profile: %+v", name, s)
		}
		if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
			t.Errorf("%s can talk to the cluster", name)
		}
		if pod.EnableServiceLinks == nil || *pod.EnableServiceLinks {
			t.Errorf("%s gets the services into its environment", name)
		}
		for _, container := range pod.Containers {
			s := container.SecurityContext
			if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem ||
				s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || len(s.Capabilities.Add) > 0 {
				t.Errorf("%s: %s may do more than it needs: %+v", name, container.Name, s)
			}
			if container.Resources.Limits.Memory().IsZero() || container.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s: %s has no bound: %+v", name, container.Name, container.Resources)
			}
		}
	}
}

// policyOf returns the one policy for the pods of a Job.
func (c *cluster) policyOf(t *testing.T, job *batchv1.Job) networkingv1.NetworkPolicySpec {
	t.Helper()
	var found []networkingv1.NetworkPolicySpec
	for _, p := range c.policies {
		if labels.SelectorFromSet(p.Spec.PodSelector.MatchLabels).Matches(labels.Set(job.Spec.Template.Labels)) {
			found = append(found, p.Spec)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d network policies are for %s", len(found), job.Name)
	}
	if !slices.Contains(found[0].PolicyTypes, networkingv1.PolicyTypeEgress) || !slices.Contains(found[0].PolicyTypes, networkingv1.PolicyTypeIngress) {
		t.Errorf("%s is not held in both directions: %v", job.Name, found[0].PolicyTypes)
	}
	return found[0]
}

// reached returns where a policy lets pods go, as PEER:PORTS in order. A peer is a network,
// or the component of a pod.
func reached(t *testing.T, p networkingv1.NetworkPolicySpec) []string {
	t.Helper()
	found := map[string]bool{}
	for _, rule := range p.Egress {
		if len(rule.To) == 0 || len(rule.Ports) == 0 {
			t.Errorf("a rule leads anywhere: %+v", rule)
		}
		ports := ""
		for _, port := range rule.Ports {
			ports += " " + strings.ToLower(string(*port.Protocol)) + "/" + port.Port.String()
		}
		for _, peer := range rule.To {
			switch {
			case peer.IPBlock != nil:
				found[peer.IPBlock.CIDR+ports] = true
			case peer.NamespaceSelector != nil:
				found["namespace "+peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]+ports] = true
			case peer.PodSelector != nil:
				found[peer.PodSelector.MatchLabels["app.kubernetes.io/component"]+ports] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// names is where each pod may go to look names up.
var names = []string{"169.254.20.10/32 udp/53 tcp/53", "namespace kube-system udp/53 tcp/53"}

// checkReached fails the test unless the pods of a component may reach names, and what else
// is listed, and nothing more.
func (c *cluster) checkReached(t *testing.T, component string, others ...string) {
	t.Helper()
	got := reached(t, c.policyOf(t, c.component(t, component)))
	if want := slices.Sorted(slices.Values(append(others, names...))); !slices.Equal(got, want) {
		t.Errorf("the %s reaches\n%q, want\n%q", component, got, want)
	}
}
