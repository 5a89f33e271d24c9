package serverside

import (
	"bufio"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A shell is a process that works when it is told to.
type shell struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

func startShell(t *testing.T, changes ...func(*exec.Cmd)) *shell {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/bin/sh")
	for _, change := range changes {
		change(cmd)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &shell{cmd, stdin, bufio.NewScanner(stdout)}
}

// run runs a script to its end.
func (s *shell) run(t *testing.T, script string) {
	t.Helper()
	if _, err := io.WriteString(s.stdin, script+"\necho done\n"); err != nil {
		t.Fatal(err)
	}
	if !s.lines.Scan() || s.lines.Text() != "done" {
		t.Fatalf("the shell says %q", s.lines.Text())
	}
}

// ownWork takes some CPU time, and work does in a process that ends then.
const (
	ownWork = `i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done`
	work    = "(" + ownWork + ")"
)

// TestWatcher holds what is seen of a process and its short-lived children against what
// the kernel says at their end.
func TestWatcher(t *testing.T) {
	s := startShell(t)
	file := filepath.Join(t.TempDir(), "sh.pid")
	if err := os.WriteFile(file, []byte(strconv.Itoa(s.cmd.Process.Pid)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{Processes: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	var seen tally.Server
	for _, script := range []string{ownWork, work, work + " & " + work + "; wait", "( " + work + "; " + work + " )", ":"} {
		s.run(t, script)
		look, err := w.Look()
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) == 0 && look.Switches == nil {
			t.Errorf("nobody sees the context switches of a process that lives: %+v", look)
		}
		seen.Add(look)
	}
	s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	used := s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime()
	all := seen.Between(seen[0].From, seen[len(seen)-1].To)
	const rounding = 100 * time.Millisecond // a hundredth of a second at each look, and its start
	if math.Abs(float64(all.CPU-used)) > float64(rounding) || used < rounding {
		t.Errorf("CPU %v, want the %v that the kernel says", all.CPU, used)
	}
	if all.Processes != 1 || all.Memory <= 0 || all.Cores < 1 || all.Descriptors == nil || *all.Descriptors < 3 {
		t.Errorf("seen: %+v", all)
	}
	if all.Switches != nil {
		t.Errorf("%d context switches, but nobody saw those of its children, which did most", *all.Switches)
	}
	look, err := w.Look()
	if err != nil || look.Processes != 0 || look.CPU != 0 {
		t.Errorf("after its end: %+v, %v", look, err)
	}
}

// TestOrphans counts what a daemon's processes leave behind, as long as it is in the
// daemon's session: it has no parent that leads to the daemon.
func TestOrphans(t *testing.T) {
	s := startShell(t, func(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} })
	pid := s.cmd.Process.Pid
	t.Cleanup(func() { syscall.Kill(-pid, syscall.SIGKILL) })
	file := filepath.Join(t.TempDir(), "sh.pid")
	if err := os.WriteFile(file, []byte(strconv.Itoa(pid)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{Processes: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	s.run(t, "(sleep 60 >/dev/null 2>&1 &)")
	look, err := w.Look()
	if err != nil {
		t.Fatal(err)
	}
	if look.Processes != 2 {
		t.Errorf("%d processes, want the daemon and the one that it left behind", look.Processes)
	}
}

// TestAbsent names what is not there before a run begins.
func TestAbsent(t *testing.T) {
	for _, test := range []struct{ what, want string }{
		{"no-such-process-here", "no process is named no-such-process-here: give the name that ps shows"},
		{filepath.Join(t.TempDir(), "x.pid"), "no such file"},
	} {
		_, err := New(Options{Processes: []string{test.what}})
		if err == nil || !strings.Contains(err.Error(), test.want) || !IsAbsent(err) {
			t.Errorf("%s: %v, want %q, and that it may come", test.what, err, test.want)
		}
	}
	folder := t.TempDir()
	if _, err := New(Options{Processes: []string{"no-such-process-here", folder}}); err == nil || IsAbsent(err) {
		t.Errorf("a folder for a pid file is not there yet: %v", err)
	}
}

// TestSelf never counts the generator, even if it is named as the server is. Another process
// may have that name too, such as another run of these tests.
func TestSelf(t *testing.T) {
	name := filepath.Base(os.Args[0])
	w, err := New(Options{Processes: []string{name}})
	if err != nil {
		return
	}
	for id := range w.processes.account.last {
		if id.pid == os.Getpid() {
			t.Errorf("the generator itself was found as %s", name)
		}
	}
}

// ports are targets of which no more than the port is known.
func ports(list ...int) []Target {
	var all []Target
	for _, port := range list {
		all = append(all, Target{Port: port})
	}
	return all
}

// TestAcceptQueue counts connections that nobody accepts, and not those of another server at
// another address with the same port.
func TestAcceptQueue(t *testing.T) {
	listen := func(at string) (port int) {
		l, err := net.Listen("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l.Addr().(*net.TCPAddr).Port
	}
	port := listen("127.41.0.1:0")
	number := strconv.Itoa(port)
	dial := func(host string, times int) {
		for range times {
			c, err := net.Dial("tcp", net.JoinHostPort(host, number))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
		}
	}
	dial("127.41.0.1", 3)
	k := kernel{root: "/proc"}
	queue := func(targets ...Target) int64 {
		k.targets = targets
		if n := k.queue(os.Getpid()); n != nil {
			return *n
		}
		return -1
	}
	loaded, other := netip.MustParseAddr("127.41.0.1"), netip.MustParseAddr("127.41.0.9")
	at := func(first bool, a ...netip.Addr) Target { return Target{Port: port, Addresses: a, First: first} }
	for i, got := range []int64{queue(ports(port)...), queue(at(false, loaded)), queue(at(false, other)), queue(ports(1)...)} {
		if want := []int64{3, 3, -1, -1}[i]; got != want {
			t.Errorf("alone, %d: %d connections wait, want %d", i, got, want)
		}
	}
	listen("127.41.0.9:" + number)
	dial("127.41.0.9", 5)
	for i, got := range []int64{queue(at(false, loaded)), queue(at(false, loaded, other)), queue(at(true, loaded, other)), queue(ports(port)...)} {
		if want := []int64{3, 5, 3, -1}[i]; got != want {
			t.Errorf("with another server, %d: %d connections wait, want %d", i, got, want)
		}
	}
}

// A connection goes to who listens at its address, or else to who listens at all.
func TestWhoTakesAConnection(t *testing.T) {
	all := map[string]listener{}
	for text, waiting := range map[string]int64{"0100007F": 1, "00000000": 2, "00000000000000000000000000000000": 3, "0000000000000000FFFF00000200007F": 4, "00000000000000000000000001000000": 5} {
		addr, ok := parseAddress(text)
		if !ok {
			t.Fatalf("%s is no address", text)
		}
		all[addr.String()] = listener{addr: addr, port: 25, waiting: waiting}
	}
	for _, c := range []struct {
		listen string
		to     string
		want   int64
	}{
		{"127.0.0.1 0.0.0.0 ::", "127.0.0.1", 1}, {"127.0.0.2 0.0.0.0", "127.0.0.2", 4}, {"127.0.0.1 0.0.0.0 ::", "127.0.0.3", 2},
		{"127.0.0.1 ::", "127.0.0.3", 3}, {"::1 :: 0.0.0.0", "::1", 5}, {"::1 :: 0.0.0.0", "2001:db8::1", 3}, {"127.0.0.1 0.0.0.0", "::1", 0}, {"0.0.0.0 ::", "", 2}, {"127.0.0.1 ::", "", 0},
	} {
		var list []listener
		for name := range strings.FieldsSeq(c.listen) {
			list = append(list, all[name])
		}
		target := Target{Port: 25}
		if c.to != "" {
			target.Addresses = []netip.Addr{netip.MustParseAddr(c.to)}
		}
		got := int64(0)
		if found := target.listeners(list); len(found) > 0 {
			got = found[0].waiting
		}
		if got != c.want {
			t.Errorf("to %q of %s: listener %d, want %d", c.to, c.listen, got, c.want)
		}
	}
	for _, bad := range []string{"", "0100007", "0100007F1", "x100007F", "0100007F0100007F"} {
		if a, ok := parseAddress(bad); ok {
			t.Errorf("%q is the address %v", bad, a)
		}
	}
}

// TestGroup reads a control group as the kernel lays it out, with a unit found by name.
func TestGroup(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "system.slice", "mail.service")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(root, "cgroup.controllers"), "cpu io memory\n")
	write(filepath.Join(folder, "cgroup.procs"), strconv.Itoa(os.Getpid())+"\n")
	write(filepath.Join(folder, "below", "cgroup.procs"), "")
	write(filepath.Join(folder, "cpu.stat"), "usage_usec 1000000\nuser_usec 1\n")
	write(filepath.Join(folder, "io.stat"), "8:0 rbytes=1 wbytes=100 rios=1\n8:16 rbytes=1 wbytes=50 wios=2\n")
	w, err := newWatcher(Options{Processes: []string{"mail.service"}}, "/proc", root)
	if err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(folder, "cpu.stat"), "usage_usec 1250000\n")
	write(filepath.Join(folder, "io.stat"), "8:0 wbytes=300\n")
	look, err := w.Look()
	if err != nil {
		t.Fatal(err)
	}
	if look.CPU != 250*time.Millisecond || look.Written == nil || *look.Written != 150 || look.Processes != 1 {
		t.Errorf("seen: %+v", look)
	}
	if _, err := newWatcher(Options{Processes: []string{"other.service"}}, "/proc", root); err == nil || !strings.Contains(err.Error(), "no systemd unit other.service") || !IsAbsent(err) {
		t.Errorf("another unit: %v", err)
	}
	if _, err := newWatcher(Options{Processes: []string{"mail.service"}}, "/proc", t.TempDir()); err == nil || !strings.Contains(err.Error(), "no control groups of version 2") || IsAbsent(err) {
		t.Errorf("without control groups: %v", err)
	}
}

// Some systems have control groups of version 1, and those of version 2 in a folder between.
func TestControlGroupsOfBothVersions(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"cpu/mail/cgroup.procs", "unified/cgroup.controllers", "unified/mail/cgroup.procs", "unified/system/mail.service/cgroup.procs"} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		cgroupRoot + "/unified/mail": "unified/mail",
		"mail.service":               "unified/system/mail.service",
	} {
		g, err := findGroup(root, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if g.folder != filepath.Join(root, want) {
			t.Errorf("%s is %s, want %s", text, g.folder, want)
		}
	}
	if _, err := findGroup(root, cgroupRoot+"/cpu/mail"); err == nil || !strings.Contains(err.Error(), "of version 1") {
		t.Errorf("a group of version 1: %v", err)
	}
}

// A pid file that is a device or a pipe is neither read without end nor waited for.
func TestPIDFileIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pid")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/dev/zero", pipe} {
		if _, err := readPID(name); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
