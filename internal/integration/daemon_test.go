//go:build integration && linux

package integration

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// patience is how long a server may take over anything a test waits for.
const patience = time.Minute

// A daemon is a server program that runs in the foreground for one test.
type daemon struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
}

// startDaemon starts a program, which gets a SIGTERM at the end of the test. If the test
// fails, its log has what the program printed.
func startDaemon(t *testing.T, name string, args ...string) *daemon {
	t.Helper()
	var output bytes.Buffer
	d := &daemon{cmd: exec.Command(name, args...), exited: make(chan struct{})}
	d.cmd.Stdout, d.cmd.Stderr = &output, &output
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // if the test does not reach its cleanup
	if err := d.cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	go func() {
		defer close(d.exited)
		_ = d.cmd.Wait() // an error, because a signal ends it
	}()
	t.Cleanup(func() {
		d.stop(t)
		if t.Failed() && output.Len() > 0 {
			t.Logf("%s printed:\n%s", name, tail(output.Bytes()))
		}
	})
	return d
}

// stop ends the program and waits until it has gone.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	d.signal(t, syscall.SIGTERM)
	select {
	case <-d.exited:
		return
	case <-time.After(patience):
	}
	t.Errorf("%s did not end on SIGTERM", d.cmd.Path)
	d.signal(t, syscall.SIGKILL)
	<-d.exited
}

func (d *daemon) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := d.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("%s: %v", d.cmd.Path, err)
	}
}

// awaitListener returns when something accepts connections at the address.
func (d *daemon) awaitListener(t *testing.T, network, address string) {
	t.Helper()
	eventually(t, "a listener at "+address, func() bool {
		select {
		case <-d.exited:
			t.Fatalf("%s ended: %v", d.cmd.Path, d.cmd.ProcessState)
		default:
		}
		c, err := net.Dial(network, address)
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
}

// eventually polls until done returns true. The servers are programs of others, and there is
// no other way to learn about them.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("no %s after %v", what, patience)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// serverDir makes a temporary folder that the servers' own users can enter. Its path is short
// enough for Unix sockets. The folder of t.TempDir is neither.
func serverDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "gauge-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A server's children may run a moment longer than the server, and write.
		eventually(t, "removal of "+dir, func() bool { return os.RemoveAll(dir) == nil })
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// render fills in a configuration template from testdata.
func render(t *testing.T, name, path string, data any) {
	t.Helper()
	tmpl, err := template.ParseFiles(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, b.String())
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// command runs a program to its end and returns what it printed.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(bytes.TrimSpace(out))
}

// logOnFailure prints the end of a server's log file if the test failed.
func logOnFailure(t *testing.T, path string) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Log(err)
			return
		}
		t.Logf("%s:\n%s", filepath.Base(path), tail(data))
	})
}

// tail returns the end of a log.
func tail(log []byte) []byte {
	return log[max(0, len(log)-16<<10):]
}
