package deploy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// A pod is a container of a Job as a process of this machine, with its environment, and a
// folder in place of each volume.
type pod struct {
	args   []string
	folder map[string]string // by where it is mounted
	*exec.Cmd
	stderr bytes.Buffer
}

func newPod(t *testing.T, ctx context.Context, c corev1.Container, args ...string) *pod {
	t.Helper()
	p := &pod{folder: map[string]string{}}
	for _, m := range c.VolumeMounts {
		p.folder[m.MountPath] = t.TempDir()
	}
	for _, arg := range append(c.Args, args...) {
		for at, folder := range p.folder {
			arg = strings.ReplaceAll(arg, at+"/", folder+"/")
		}
		p.args = append(p.args, arg)
	}
	p.Cmd = exec.CommandContext(ctx, command(t), p.args...)
	p.Dir, p.Env = p.folder[c.WorkingDir], []string{"SMTPGAUGE_TOKEN=" + token}
	p.Stderr = &p.stderr
	return p
}

// TestRun carries the overlay out on this machine: its target, its coordinator and its four
// agents, with the command lines and the environment that their pods have. Only addresses and
// the length of the load are other ones.
func TestRun(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := kustomized(t, "overlays/sink")
	sink := exec.CommandContext(ctx, command(t), "sink", "--listen=127.0.0.1:0,none")
	defer sink.Wait()
	defer cancel()
	port := serve(t, sink, regexp.MustCompile(`127\.0\.0\.1:(\d+)`))

	serving, loading := c.container(t, c.component(t, "coordinator")), c.container(t, c.component(t, "agent"))
	serving.Args = replaced(t, serving.Args, "--listen=0.0.0.0:4222", "--listen=127.0.0.1:0")
	coordinator := newPod(t, ctx, serving, "--target=127.0.0.1", "--set=flows.relay.port="+port, "--set=flows.relay.load.duration=500ms")
	text := c.scenarioOf(t, c.component(t, "coordinator"), c.container(t, c.component(t, "coordinator")))
	if err := os.WriteFile(filepath.Join(coordinator.folder["/scenario"], "scenario.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := serve(t, coordinator.Cmd, regexp.MustCompile(`smtpgauge://127\.0\.0\.1:(\d+)`))

	loading.Args = replaced(t, loading.Args, "--join=smtpgauge://smtpgauge-coordinator:4222", "--join=smtpgauge://127.0.0.1:"+bus)
	var agents []*pod
	for range *c.component(t, "agent").Spec.Completions {
		a := newPod(t, ctx, loading)
		if err := a.Start(); err != nil {
			t.Fatal(err)
		}
		agents = append(agents, a)
	}
	sum := 0
	for _, a := range agents {
		if err := a.Wait(); err != nil {
			t.Errorf("an agent: %v\n%s", err, a.stderr.String())
		}
		files, err := filepath.Glob(filepath.Join(a.Dir, "*.jsonl"))
		if err != nil || len(files) != 1 {
			t.Fatalf("an agent wrote %q (%v)", files, err)
		}
		n := acceptedIn(t, files[0])
		if n == 0 {
			t.Error("an agent made no load")
		}
		sum += n
	}
	// A machine that is busy makes the run invalid, with exit code 1.
	if err := coordinator.Wait(); err != nil && coordinator.ProcessState.ExitCode() != 1 {
		t.Errorf("the coordinator: %v", err)
	}
	if n := acceptedIn(t, filepath.Join(coordinator.folder["/results"], "run.jsonl")); n != sum {
		t.Errorf("the coordinator counts %d messages, the agents %d", n, sum)
	}
}

// acceptedIn returns how many messages a run file says were accepted.
func acceptedIn(t *testing.T, file string) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), command(t), "show", file, "--format=json").Output()
	var result struct {
		Flows map[string]struct{ Messages struct{ Accepted int } }
	}
	if err := errors.Join(err, json.Unmarshal(out, &result)); err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
	return result.Flows["relay"].Messages.Accepted
}

// serve starts a program, and returns the port that it says on stderr it listens on.
func serve(t *testing.T, c *exec.Cmd, where *regexp.Regexp) string {
	t.Helper()
	c.Stderr = nil
	out, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if m := where.FindStringSubmatch(lines.Text()); m != nil {
			go io.Copy(io.Discard, out) // ends with the program
			return m[1]
		}
	}
	t.Fatalf("no address in\n%s", strings.Join(said, "\n"))
	return ""
}

// replaced returns arguments with another one in place of one that must be there.
func replaced(t *testing.T, args []string, old, with string) []string {
	t.Helper()
	i := slices.Index(args, old)
	if i < 0 {
		t.Fatalf("no %s in %q", old, args)
	}
	args = slices.Clone(args)
	args[i] = with
	return args
}
