package serverside

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// startServer starts a shell that has a listener's socket, as a server has. The test has it too.
func startServer(t *testing.T, address string) (net.Listener, *shell) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // nobody connects
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	s := startShell(t, func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{file} })
	s.run(t, ":")
	return l, s
}

// TestCoresOfAListener finds a server by the address and the port that it listens at, and tells what it uses
// from what the generator, which has the socket open too, and others use.
func TestCoresOfAListener(t *testing.T) {
	l, s := startServer(t, "127.41.0.2:0")
	// Another program has that port of another address.
	startServer(t, net.JoinHostPort("127.41.0.3", strconv.Itoa(l.Addr().(*net.TCPAddr).Port)))
	at := l.Addr().(*net.TCPAddr).AddrPort()
	cores, err := WatchCores(Options{Targets: []Target{{Port: int(at.Port()), Addresses: []netip.Addr{at.Addr()}}}})
	if err != nil {
		t.Fatal(err)
	}
	if found := cores.w.processes.found; found[s.cmd.Process.Pid] == "" || len(cores.w.processes.account.last) != 1 {
		t.Fatalf("found %v, and %d processes are the server's", found, len(cores.w.processes.account.last))
	}
	begun := time.Now()
	s.run(t, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done")
	u, err := cores.Use()
	if err != nil {
		t.Fatal(err)
	}
	length := time.Since(begun).Seconds()
	if !u.Found || u.Server <= 0 || u.Server > 1.5 || u.Cores < 1 || u.Idle < 0 || u.Others < 0 {
		t.Errorf("%+v in %v s", u, length)
	}
	if u.Waited == nil {
		t.Error("it is not known how long the server waited")
	}
}

// TestCoresOfAServerThatStandsStill knows that a server that sleeps, or was stopped, does not wait
// for a core.
func TestCoresOfAServerThatStandsStill(t *testing.T) {
	for name, stop := range map[string]bool{"it sleeps": false, "it was stopped": true} {
		l, s := startServer(t, "127.41.0.3:0")
		if stop {
			if err := s.cmd.Process.Signal(unix.SIGSTOP); err != nil {
				t.Fatal(err)
			}
		}
		cores, err := WatchCores(Options{Targets: ports(l.Addr().(*net.TCPAddr).Port)})
		if err != nil {
			t.Fatal(err)
		}
		u, err := cores.Use()
		if err != nil {
			t.Fatal(err)
		}
		if !u.Found || u.Waited == nil {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

// TestCoresWithoutAListener knows no server, and still what is idle.
func TestCoresWithoutAListener(t *testing.T) {
	cores, err := WatchCores(Options{Targets: ports(1)})
	if err != nil {
		t.Fatal(err)
	}
	u, err := cores.Use()
	if err != nil {
		t.Fatal(err)
	}
	if u.Found || u.Server > 0 || u.Waited != nil {
		t.Errorf("%+v", u)
	}
}

func TestCoresOfAPinnedServer(t *testing.T) {
	var set unix.CPUSet
	set.Set(1)
	set.Set(900)
	stat := &procfs.Stat{CPU: map[int64]procfs.CPUStat{0: {}, 1: {}}}
	if got := online(&set, stat); got.Count() != 1 || !got.IsSet(1) {
		t.Errorf("%v", got)
	}
}
