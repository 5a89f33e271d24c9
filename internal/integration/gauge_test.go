//go:build integration && linux

package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var program = flag.String("smtpgauge", filepath.Join("..", "..", "bin", "smtpgauge"), "the command to test")

// A gauge is a folder to run the command in, with one scenario.
type gauge struct {
	dir      string
	scenario string // file name within dir
}

// newGauge copies a scenario from testdata, and the authority to trust as ca.pem, unless that
// is "".
func newGauge(t *testing.T, scenario, ca string) *gauge {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", scenario))
	if err != nil {
		t.Fatal(err)
	}
	return newGaugeWith(t, string(data), ca)
}

// newGaugeWith writes a scenario from a text.
func newGaugeWith(t *testing.T, text, ca string) *gauge {
	t.Helper()
	g := &gauge{dir: t.TempDir(), scenario: "scenario.yaml"}
	writeFile(t, filepath.Join(g.dir, g.scenario), text)
	if ca != "" {
		data, err := os.ReadFile(ca)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(g.dir, "ca.pem"), string(data))
	}
	return g
}

// A run is a run of the command that is under way.
type run struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
}

// command returns the program with arguments, not started yet.
func (g *gauge) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := filepath.Abs(*program)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...) // killed if it hangs: exit code -1
	cmd.Dir = g.dir
	cmd.Env = append(os.Environ(), "SMTP_PASSWORD="+password)
	return cmd
}

// show reads the run file by the command; false if that fails.
func (g *gauge) show(t *testing.T) (*result, bool) {
	t.Helper()
	out, err := g.command(t, "show", "run.jsonl", "--format", "json").Output()
	var res result
	if err != nil || json.Unmarshal(out, &res) != nil {
		return nil, false
	}
	return &res, true
}

// start begins a run. The caller has to wait for its end.
func (g *gauge) start(t *testing.T, args ...string) *run {
	t.Helper()
	args = append([]string{"run", g.scenario, "--no-probe", "--format", "json", "-o", "run.jsonl"}, args...)
	r := &run{cmd: g.command(t, args...)}
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%q printed:\n%s\nand on stderr:\n%s", args, tail(r.stdout.Bytes()), tail(r.stderr.Bytes()))
		}
	})
	return r
}

// wait waits for the end of a run, in whatever way it ends.
func (r *run) wait(t *testing.T) {
	t.Helper()
	var ended *exec.ExitError
	if err := r.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
}

func (r *run) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// end waits for the end of a run, and returns what the run printed and its exit code. It checks
// what must be true of every result.
func (r *run) end(t *testing.T) (*result, int) {
	t.Helper()
	r.wait(t)
	var res result
	if err := json.Unmarshal(r.stdout.Bytes(), &res); err != nil {
		t.Fatalf("exit code %d, and stdout is not a result: %v", r.cmd.ProcessState.ExitCode(), err)
	}
	if res.Format != "smtpgauge.result/1" {
		t.Errorf("format %q", res.Format)
	}
	for name, f := range res.Flows {
		m := f.Messages
		if m.Accepted+m.Rejected+m.Failed+m.Unknown != m.Attempted {
			t.Errorf("%s: outcomes do not add up to those attempted: %+v", name, m)
		}
		if s := f.Sessions; s.Completed+s.Failed != s.Started {
			t.Errorf("%s: sessions do not add up to those started: %+v", name, s)
		}
	}
	r.checkSecrets(t)
	return &res, r.cmd.ProcessState.ExitCode()
}

// checkSecrets looks for the password in everything a run leaves behind.
func (r *run) checkSecrets(t *testing.T) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(r.cmd.Dir, "run.jsonl"))
	if err != nil {
		t.Error(err)
	}
	for name, text := range map[string][]byte{"run file": file, "stdout": r.stdout.Bytes(), "stderr": r.stderr.Bytes()} {
		if bytes.Contains(text, []byte(password)) {
			t.Errorf("the password is in the %s", name)
		}
	}
}

// run runs the scenario to its end, which must be a success. If the machine is too busy for good
// figures, the command says so and exits with 1. Its counts must be right all the same.
func (g *gauge) run(t *testing.T, args ...string) *result {
	t.Helper()
	res, exit := g.start(t, args...).end(t)
	other := slices.ContainsFunc(res.Verdict.Reasons, func(reason string) bool {
		return !strings.HasPrefix(reason, "generator-bound: ") || strings.Contains(reason, "local-limit")
	})
	switch {
	case exit == 1 && !res.Verdict.Valid && !other:
		t.Logf("the machine is busy: %q", res.Verdict.Reasons)
	case exit != 0 || !res.Verdict.Valid || res.Partial:
		t.Errorf("exit code %d, valid %v %q, partial %v", exit, res.Verdict.Valid, res.Verdict.Reasons, res.Partial)
	}
	return res
}

// result is the part of a run's JSON that the tests look at. It is written from the
// documentation of the format, not from the program.
type result struct {
	Format  string
	Partial bool
	Clock   string
	Verdict struct {
		Valid   bool
		Reasons []string
	}
	Target     map[string]target
	Flows      map[string]*flow
	Thresholds []struct {
		Expr string
		OK   bool
	}
	Server *struct {
		CPUSeconds    float64 `json:"cpu_seconds"`
		CPUPerMessage int64   `json:"cpu_per_message_ns"`
		Written       int64   `json:"written_bytes"`
		Processes     int     `json:"max_processes"`
	}
	Queries []struct {
		Answers, Missed int
		Max             float64
	}
	Findings []struct{ ID, Says string }
}

type target struct {
	Host, Address, Banner, EHLO, Cipher, Group string
	Port                                       int
	ServerName                                 string `json:"server_name"`
	TLSVersion                                 string `json:"tls_version"`
	Certificate                                *struct {
		Subject  string
		Names    []string
		NotAfter time.Time `json:"not_after"`
	}
}

type flow struct {
	Sessions struct{ Started, Completed, Failed, Peak int }
	Messages struct{ Attempted, Accepted, Rejected, Failed, Unknown int }
	Phases   map[string]struct {
		Count   int
		Service map[string]float64
	}
	Errors    []failure
	Greetings []struct {
		Banner    string
		Offers    []string
		OffersTLS []string `json:"offers_tls"`
	}
}

type failure struct {
	Phase, Class string
	Code         int
	Enhanced     string
	Count        int
	Example      string
}

func (f failure) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %d %s", f.Phase, f.Class, f.Code, f.Enhanced))
}

// flow returns one flow of the result.
func (r *result) flow(t *testing.T, name string) *flow {
	t.Helper()
	f, ok := r.Flows[name]
	if !ok {
		t.Fatalf("the result has no flow %q", name)
	}
	return f
}
