package deploy

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// program is where the command is. If it is not given, the test builds it.
var program = flag.String("smtpgauge", "", "the `path` of the command; built if it is empty")

var build sync.Once

// command returns the path of the real program.
func command(t *testing.T) string {
	t.Helper()
	build.Do(func() {
		if *program != "" {
			return
		}
		folder, err := os.MkdirTemp("", "smtpgauge")
		if err != nil {
			t.Fatal(err)
		}
		built = folder
		path := filepath.Join(folder, "smtpgauge")
		c := exec.Command("go", "build", "-o", path, "./cmd/smtpgauge")
		c.Dir = ".."
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
		*program = path
	})
	if *program == "" {
		t.Fatal("the command does not build")
	}
	return *program
}

// built is the folder of the command that the test built.
var built string

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// accept returns an error unless the program has the command, knows each flag and takes its
// value. --help comes last, for the program reads the flags before it prints the help.
func accept(t *testing.T, args []string) error {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), command(t), append(slices.Clone(args), "--help")...).CombinedOutput()
	if err == nil && !strings.Contains(string(out), "Usage:\n  smtpgauge "+args[0]+" ") {
		err = errors.New("the help is not of this command")
	}
	if err != nil {
		return fmt.Errorf("smtpgauge %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func accepted(t *testing.T, args []string) {
	t.Helper()
	if err := accept(t, args); err != nil {
		t.Error(err)
	}
}

// TestAcceptBites gives the program what it does not know.
func TestAcceptBites(t *testing.T) {
	for _, args := range [][]string{
		{"run", "s.yaml", "--no-such-flag"},
		{"run", "s.yaml", "--repeat=many"},
		{"no-such-command"},
	} {
		if accept(t, args) == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

// validScenario fails the test unless the program accepts a scenario file.
func validScenario(t *testing.T, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), command(t), "validate", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s%s", err, out, text)
	}
}

// A fleet is what the files of one platform say about one run, in the words of the command
// line.
type fleet struct {
	coordinator []string // its arguments
	agents      [][]string
	host        string // the name by which the agents reach the coordinator
	nats        string // the URL of somebody's NATS cluster; empty for the coordinator's own server
}

// check fails the test unless the program accepts every command line, the coordinator waits
// for as many agents as there are, and each agent goes where the coordinator listens, for
// one run.
func (f fleet) check(t *testing.T) {
	t.Helper()
	accepted(t, f.coordinator)
	if len(f.coordinator) == 0 || f.coordinator[0] != "run" {
		t.Errorf("the coordinator runs %q", f.coordinator)
	}
	if got, want := value(t, f.coordinator, "--agents"), fmt.Sprint(len(f.agents)); got != want {
		t.Errorf("the coordinator waits for %s agents, and there are %s", got, want)
	}
	for _, args := range f.agents {
		accepted(t, args)
		if len(args) == 0 || args[0] != "agent" || !slices.Contains(args, "--once") {
			t.Errorf("an agent runs %q", args)
		}
		if f.nats != "" {
			if got := value(t, args, "--nats"); got != f.nats {
				t.Errorf("an agent goes to %s, not to %s", got, f.nats)
			}
			continue
		}
		listen := value(t, f.coordinator, "--listen")
		_, port, err := net.SplitHostPort(listen)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := value(t, args, "--join"), "smtpgauge://"+net.JoinHostPort(f.host, port); got != want {
			t.Errorf("an agent joins %s, and the coordinator listens on %s: want %s", got, listen, want)
		}
	}
	if got := value(t, f.coordinator, "--nats"); got != f.nats {
		t.Errorf("the coordinator goes to NATS at %q, want %q", got, f.nats)
	}
	for _, args := range append(f.agents, f.coordinator) {
		withoutSecret(t, args)
	}
}

// value returns the value of a flag, or "" if the flag is not given.
func value(t *testing.T, args []string, name string) string {
	t.Helper()
	found := ""
	for _, arg := range args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			if found != "" {
				t.Errorf("%s is given twice: %q", name, args)
			}
			found = v
		}
	}
	return found
}

// withoutSecret fails the test if a command line has a token or a password, which everybody
// on the machine could read.
func withoutSecret(t *testing.T, args []string) {
	t.Helper()
	for _, arg := range args {
		_, v, _ := strings.Cut(arg, "=")
		if u, err := url.Parse(v); err == nil && (u.User != nil || u.RawQuery != "" || u.Fragment != "") ||
			strings.Contains(strings.ToLower(arg), "token") || strings.Contains(strings.ToLower(arg), "password") {
			t.Errorf("%q has a secret", arg)
		}
	}
}
