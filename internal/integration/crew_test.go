//go:build integration && linux

package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A crew is a coordinator and its agents, each a process, with the built-in server to load.
type crew struct {
	*gauge
	t           *testing.T
	server      *member
	coordinator *member
	agents      []*member
	join        []string // the flags for an agent to find its coordinator
	env         []string // of agents
}

// A member is a process of a crew.
type member struct {
	cmd    *exec.Cmd
	stdout bytes.Buffer // to be read when it has gone
	stderr notes
	gone   chan struct{}
}

// notes are what a process has printed so far.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// launch starts the command. It ends with the test.
func (c *crew) launch(env []string, args ...string) *member {
	c.t.Helper()
	m := &member{cmd: c.command(c.t, args...), gone: make(chan struct{})}
	m.cmd.Env = append(m.cmd.Env, env...)
	m.cmd.Stdout, m.cmd.Stderr = &m.stdout, &m.stderr
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		defer close(m.gone)
		_ = m.cmd.Wait() // the exit code is looked at where it matters
	}()
	c.t.Cleanup(func() {
		_ = m.cmd.Process.Kill() // it has ended, mostly
		<-m.gone
		if c.t.Failed() {
			c.t.Logf("%q printed:\n%s\nand on stderr:\n%s", args, tail(m.stdout.Bytes()), tail([]byte(m.stderr.String())))
		}
	})
	return m
}

// await waits until a process has printed a text to stderr, and returns what matches.
func (m *member) await(t *testing.T, pattern string) []string {
	t.Helper()
	var found []string
	eventually(t, strconv.Quote(pattern), func() bool {
		found = regexp.MustCompile(pattern).FindStringSubmatch(m.stderr.String())
		if found == nil {
			select {
			case <-m.gone:
				t.Fatalf("%v has ended, and did not print %q:\n%s", m.cmd.Args, pattern, m.stderr.String())
			default:
			}
		}
		return found != nil
	})
	return found
}

// exit waits for the end of a process, and returns its exit code.
func (m *member) exit(t *testing.T) int {
	t.Helper()
	eventually(t, "end of "+m.cmd.Args[1], func() bool {
		select {
		case <-m.gone:
			return true
		default:
			return false
		}
	})
	return m.cmd.ProcessState.ExitCode()
}

func (m *member) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}

// crewLoad is a load of 100 messages a second.
const crewLoad = `name: crew
target: {host: 127.0.0.1}
flows:
  a:
    port: %d
    tls: none
    load: {rate: 100 messages/s, max_sessions: 60, duration: %ds}
    session: {messages: 20}
    envelope: {from: a@example.test, to: b@example.test}
`

// newCrew starts a server and a coordinator that waits for so many agents. flags are its own;
// without --nats it listens itself.
func newCrew(t *testing.T, seconds, agents int, env []string, flags ...string) *crew {
	t.Helper()
	port := freePort(t, 0)
	c := &crew{gauge: newGaugeWith(t, fmt.Sprintf(crewLoad, port, seconds), ""), t: t, env: env}
	c.server = c.launch(nil, "sink", "--listen", fmt.Sprintf("127.0.0.1:%d,none", port))
	c.server.await(t, "listening on")
	if !strings.Contains(strings.Join(flags, " "), "--nats") {
		flags = append(flags, "--listen", "127.0.0.1:0")
	}
	c.coordinator = c.launch(env, append([]string{"run", c.scenario, "--agents", fmt.Sprint(agents), "--format", "json", "-o", "run.jsonl"}, flags...)...)
	c.join = strings.Fields(c.coordinator.await(t, `(?m)smtpgauge agent (--.*)$`)[1])
	if i := len(c.join); i > 2 {
		c.join = c.join[:2] // without the comment
	}
	return c
}

// agent starts an agent that leaves after one run.
func (c *crew) agent(flags ...string) *member {
	c.t.Helper()
	n := len(c.agents) + 1
	m := c.launch(c.env, append(append([]string{"agent", "--once", "--name", fmt.Sprintf("agent%d", n), "-o", c.file(n)}, c.join...), flags...)...)
	c.agents = append(c.agents, m)
	// The agents' numbers are in the order in which they come.
	m.await(c.t, "joined as")
	return m
}

// file is the name of an agent's run file.
func (c *crew) file(n int) string { return fmt.Sprintf("agent%d.jsonl", n) }

// underWay waits until the run has sent something by each agent.
func (c *crew) underWay() {
	c.t.Helper()
	for n := range c.agents {
		c.awaitIntervals(n+1, 2)
	}
}

// intervals is how many intervals, of a second each, there are in an agent's file.
func (c *crew) intervals(agent int) int {
	data, _ := os.ReadFile(filepath.Join(c.dir, c.file(agent))) // which is not there at first
	return bytes.Count(data, []byte(`"type":"interval"`))
}

func (c *crew) awaitIntervals(agent, n int) {
	c.t.Helper()
	eventually(c.t, "interval of an agent", func() bool { return c.intervals(agent) >= n })
}

// A crewResult is the part of the JSON that tests of a crew look at.
type crewResult struct {
	result
	Interrupted bool
	Deserted    bool
	Agents      []struct {
		Name, Why string
		Lost      bool
		Away      int64 `json:"away_ns"`
		Messages  struct{ Attempted, Accepted, Unknown int }
	}
}

// end waits for the result of the run.
func (c *crew) end() (*crewResult, int) {
	c.t.Helper()
	code := c.coordinator.exit(c.t)
	return c.parse(c.coordinator.stdout.Bytes()), code
}

func (c *crew) parse(text []byte) *crewResult {
	c.t.Helper()
	var r crewResult
	if err := json.Unmarshal(text, &r); err != nil {
		c.t.Fatalf("no result: %v\n%s", err, c.coordinator.stderr.String())
	}
	return &r
}

// merged is the result that show --merge makes of some files.
func (c *crew) merged(files ...string) (r *crewResult, stderr string) {
	c.t.Helper()
	m := c.launch(nil, append([]string{"show", "--merge", "--format", "json"}, files...)...)
	if m.exit(c.t) != 0 {
		return nil, m.stderr.String()
	}
	return c.parse(m.stdout.Bytes()), ""
}

// received ends the server, and returns how many messages it counted.
func (c *crew) received() int {
	c.t.Helper()
	c.server.signal(c.t, syscall.SIGINT)
	c.server.exit(c.t)
	found := regexp.MustCompile(`total: .*messages (\d+)`).FindSubmatch(c.server.stdout.Bytes())
	if found == nil {
		c.t.Fatalf("the server printed %q", c.server.stdout.String())
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// accounted fails the test unless the agents' messages are those of the result, and the
// server's.
func (c *crew) accounted(r *crewResult) {
	c.t.Helper()
	accepted, unknown := 0, 0
	for _, a := range r.Agents {
		accepted, unknown = accepted+a.Messages.Accepted, unknown+a.Messages.Unknown
	}
	if got := r.flow(c.t, "a").Messages.Accepted; got != accepted || got == 0 {
		c.t.Errorf("%d messages accepted, by the agents %d", got, accepted)
	}
	if got := c.received(); got < accepted || got > accepted+unknown {
		c.t.Errorf("the server counted %d messages, the agents %d, and %d are unknown", got, accepted, unknown)
	}
}
