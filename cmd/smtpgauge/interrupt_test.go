package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A doorman accepts connections, signals when the first has come, and connects them
// to a server or keeps them waiting.
type doorman struct {
	net.Listener
	came chan struct{}
}

func listen(t *testing.T) *doorman {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &doorman{l, make(chan struct{}, 1000)}
}

// relayTo serves until the doorman's listener is closed.
func (d *doorman) relayTo(server net.Addr) {
	for {
		c, err := d.Accept()
		if err != nil {
			return
		}
		d.came <- struct{}{}
		if server == nil {
			defer c.Close()
			continue
		}
		go relay(c, server)
	}
}

func relay(client net.Conn, to net.Addr) {
	defer client.Close()
	server, err := net.Dial(to.Network(), to.String())
	if err != nil {
		return // the run shows the closed connection
	}
	defer server.Close()
	go io.Copy(server, client) // ends with the connections
	io.Copy(client, server)
}

// A longRun is a run without an end, in a process that can be sent signals.
type longRun struct {
	*testing.T
	cmd      *exec.Cmd
	stdout   bytes.Buffer
	stderr   *bufio.Scanner
	messages []string // on stderr
	file     string
}

func startRun(t *testing.T, server net.Addr) *longRun {
	t.Helper()
	r := newLongRun(t, server)
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stderr = bufio.NewScanner(stderr)
	r.start()
	return r
}

// newLongRun is a run that has not begun, without a stderr.
func newLongRun(t *testing.T, server net.Addr) *longRun {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	hearHangups()
	dir := t.TempDir()
	scenario := fmt.Sprintf("name: long\ntarget: {host: 127.0.0.1}\nflows:\n"+
		"  relay: {port: %d, tls: none, load: {sessions: 1, duration: 10m}, session: {messages: 0}}\n",
		server.(*net.TCPAddr).Port)
	if err := os.WriteFile(filepath.Join(dir, "long.yaml"), []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &longRun{T: t, file: filepath.Join(dir, "run.jsonl"), stderr: bufio.NewScanner(strings.NewReader(""))}
	r.cmd = exec.CommandContext(t.Context(), path, "run", "long.yaml", "--no-probe", "-o", r.file)
	r.cmd.Args[0], r.cmd.Dir, r.cmd.Stdout = "smtpgauge", dir, &r.stdout
	return r
}

// hearHangups makes children begin with SIGHUP not ignored, even if the tests
// themselves were started by nohup.
func hearHangups() {
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
}

func (r *longRun) start() {
	r.Helper()
	if err := r.cmd.Start(); err != nil {
		r.Fatal(err)
	}
}

func (r *longRun) interrupt() { r.signal(os.Interrupt) }

func (r *longRun) signal(s os.Signal) {
	r.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.Fatal(err)
	}
}

// waitFor reads stderr up to a line.
func (r *longRun) waitFor(line string) {
	r.Helper()
	for r.stderr.Scan() {
		r.messages = append(r.messages, r.stderr.Text())
		if r.stderr.Text() == line {
			return
		}
	}
	r.Fatalf("no %q on stderr, but %q", line, r.messages)
}

// waitInterrupted waits for the run to end as an interrupted one: with its own exit code,
// tables and a run file.
func (r *longRun) waitInterrupted() {
	r.Helper()
	for r.stderr.Scan() {
		r.messages = append(r.messages, r.stderr.Text())
	}
	_ = r.cmd.Wait() // the exit code is checked instead
	if code := r.cmd.ProcessState.ExitCode(); code != exitInterrupted {
		r.Errorf("exit %d, want %d; stderr: %q", code, exitInterrupted, r.messages)
	}
	if r.cmd.Stdout == &r.stdout && !strings.Contains(r.stdout.String(), "relay") {
		r.Errorf("no tables on stdout:\n%s", &r.stdout)
	}
	if run, err := readRun(r.file, record.ReadTotals); err != nil {
		r.Errorf("the run file does not load: %v", err)
	} else if figures.Of(run).Partial {
		r.Error("the run file has lost its end")
	}
}

// The first ^C lets what is under way end, and what was measured is kept.
func TestFirstInterruptDrains(t *testing.T) {
	l := listen(t)
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	go l.relayTo(sink.Addrs()[0])
	r := startRun(t, l.Addr())
	<-l.came
	r.interrupt()
	r.waitFor("draining; ^C again stops now")
	r.waitInterrupted()
	if c := sink.Counts(); c.Connections != 1 || c.Aborted != 0 {
		t.Errorf("the sink took %+v, want one session whose messages all ended", c)
	}
}

// The second ^C does not wait for a server that never answers.
func TestSecondInterruptStops(t *testing.T) {
	l := listen(t)
	go l.relayTo(nil)
	r := startRun(t, l.Addr())
	<-l.came
	r.interrupt()
	r.waitFor("draining; ^C again stops now")
	r.interrupt()
	r.waitFor("stopping")
	r.waitInterrupted()
}
