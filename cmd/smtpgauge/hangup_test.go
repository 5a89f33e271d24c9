//go:build linux || darwin

package main

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// aServer is a sink behind a doorman.
func aServer(t *testing.T) *doorman {
	t.Helper()
	l := listen(t)
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	go l.relayTo(sink.Addrs()[0])
	return l
}

// A terminal that is closed ends the run as ^C does.
func TestHangupDrains(t *testing.T) {
	l := aServer(t)
	r := startRun(t, l.Addr())
	<-l.came
	r.signal(syscall.SIGHUP)
	r.waitFor("draining; ^C again stops now")
	r.waitInterrupted()
}

// A closed terminal may send SIGHUP twice; the second does not stop the drain.
func TestHangupCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signals := make(chan os.Signal)
		asked := make(chan bool, 2)
		go func() { asked <- again(t.Context(), signals) }()
		signals <- syscall.SIGHUP
		signals <- syscall.SIGHUP
		synctest.Wait()
		if len(asked) > 0 {
			t.Error("a second hang-up stops the run")
		}
		signals <- syscall.SIGTERM
		if !<-asked {
			t.Error("a signal is not heard")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if again(ctx, signals) {
			t.Error("the end of the run is taken for a signal")
		}
	})
}

// Under nohup the end of the terminal does not end a run.
func TestHangupIsNothingToNohup(t *testing.T) {
	l := listen(t)
	go l.relayTo(nil)
	r := newLongRun(t, l.Addr())
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Args = []string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`, "smtpgauge", "run", "long.yaml", "--no-probe", "-o", r.file}
	r.cmd.Path = shell
	r.cmd.Env = append(os.Environ(), "PATH="+commandFolder(t)+":"+os.Getenv("PATH"))
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stderr = bufio.NewScanner(stderr)
	r.start()
	<-l.came
	r.signal(syscall.SIGHUP)
	r.interrupt()
	r.waitFor("draining; ^C again stops now")
	r.interrupt()
	r.waitFor("stopping")
	r.waitInterrupted()
}

// commandFolder is a folder with this program in it, under its name.
func commandFolder(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(path, dir+"/smtpgauge"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// left is a pipe whose reader has gone.
func left(t *testing.T) *os.File {
	t.Helper()
	reader, writer := pipe(t)
	reader.Close()
	return writer
}

// full is a pipe that nobody reads, with no room in it.
func full(t *testing.T) *os.File {
	t.Helper()
	_, writer := pipe(t)
	raw, err := writer.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Write(func(fd uintptr) bool {
		for _, size := range []int{4096, 1} {
			for {
				if _, err := syscall.Write(int(fd), make([]byte, size)); err != nil {
					break
				}
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return writer
}

func pipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); writer.Close() })
	return reader, writer
}

// The readers of stderr and of stdout may leave or stop reading: the run goes on,
// and its file is whole.
func TestRunNeedsNoReader(t *testing.T) {
	for name, stderr := range map[string]func(*testing.T) *os.File{"left": left, "does not read": full} {
		t.Run("of messages, who "+name, func(t *testing.T) {
			l := aServer(t)
			r := newLongRun(t, l.Addr())
			r.cmd.Stderr = stderr(t)
			r.start()
			<-l.came
			r.interrupt()
			r.waitInterrupted()
		})
	}
	t.Run("of results, who left", func(t *testing.T) {
		l := aServer(t)
		r := startRunTo(t, l.Addr(), left(t))
		<-l.came
		r.interrupt()
		r.waitInterrupted()
		if text := strings.Join(r.messages, "\n"); strings.Contains(text, "smtpgauge: ") {
			t.Errorf("stderr: %q", text)
		}
	})
}

func startRunTo(t *testing.T, server net.Addr, stdout *os.File) *longRun {
	t.Helper()
	r := newLongRun(t, server)
	r.cmd.Stdout = stdout
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.stderr = bufio.NewScanner(stderr)
	r.start()
	return r
}
