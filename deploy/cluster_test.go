package deploy

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// A cluster is what a set of manifests makes, by name.
type cluster struct {
	jobs        map[string]*batchv1.Job
	deployments map[string]*appsv1.Deployment
	services    map[string]*corev1.Service
	configMaps  map[string]*corev1.ConfigMap
	secrets     map[string]*corev1.Secret
	policies    map[string]*networkingv1.NetworkPolicy
}

func newCluster() *cluster {
	return &cluster{
		jobs: map[string]*batchv1.Job{}, deployments: map[string]*appsv1.Deployment{},
		services: map[string]*corev1.Service{}, configMaps: map[string]*corev1.ConfigMap{},
		secrets: map[string]*corev1.Secret{}, policies: map[string]*networkingv1.NetworkPolicy{},
	}
}

// add decodes the documents of a YAML stream as strictly as the API server does with
// fieldValidation=Strict: an unknown field, one of the wrong case and one given twice are
// errors.
func (c *cluster) add(t *testing.T, stream []byte) {
	t.Helper()
	for r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream))); ; {
		text, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(text, &kind); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if kind == (metav1.TypeMeta{}) && len(bytes.TrimSpace(comment.ReplaceAll(text, nil))) == 0 {
			continue
		}
		switch kind.APIVersion + " " + kind.Kind {
		case "batch/v1 Job":
			put(t, c.jobs, text, new(batchv1.Job))
		case "apps/v1 Deployment":
			put(t, c.deployments, text, new(appsv1.Deployment))
		case "v1 Service":
			put(t, c.services, text, new(corev1.Service))
		case "v1 ConfigMap":
			put(t, c.configMaps, text, new(corev1.ConfigMap))
		case "v1 Secret":
			put(t, c.secrets, text, new(corev1.Secret))
		case "networking.k8s.io/v1 NetworkPolicy":
			put(t, c.policies, text, new(networkingv1.NetworkPolicy))
		default:
			t.Fatalf("no type for %+v\n%s", kind, text)
		}
	}
}

func put[T metav1.Object](t *testing.T, all map[string]T, text []byte, object T) {
	t.Helper()
	if err := decode(text, object); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if _, twice := all[object.GetName()]; twice || object.GetName() == "" {
		t.Errorf("two objects, or one without a name: %q", object.GetName())
	}
	all[object.GetName()] = object
}

func decode(text []byte, object any) error {
	js, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	faults, err := kjson.UnmarshalStrict(js, object)
	return errors.Join(append(faults, err)...)
}

// TestDecodeBites misspells a field, and gives one twice.
func TestDecodeBites(t *testing.T) {
	for _, text := range []string{"spec: {completion: 1}", "spec: {completionmode: Indexed}", "spec: {completions: 1, completions: 1}", "spec: {completions: '1'}"} {
		if decode([]byte(text), new(batchv1.Job)) == nil {
			t.Errorf("%s is accepted", text)
		}
	}
	if err := decode([]byte("spec: {completions: 1}"), new(batchv1.Job)); err != nil {
		t.Error(err)
	}
}

var comment = regexp.MustCompile(`(?m)^\s*#.*$`)
