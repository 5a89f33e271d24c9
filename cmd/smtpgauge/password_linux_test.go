package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A desk is a user at a terminal.
type desk struct {
	*testing.T
	person, terminal *os.File
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	number, err := unix.IoctlGetUint32(int(person.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return &desk{t, person, terminal}
}

// echoes reports whether the terminal shows what is typed.
func (d *desk) echoes() bool {
	d.Helper()
	state, err := unix.IoctlGetTermios(int(d.terminal.Fd()), unix.TCGETS)
	if err != nil {
		d.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// If the prompt for a password ends by ^C or by SIGHUP, the terminal shows again
// what is typed.
func TestPromptGivesTheEchoBack(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	hearHangups()
	for name, end := range map[string]func(*desk, *exec.Cmd) error{
		"^C":      func(d *desk, _ *exec.Cmd) error { _, err := d.person.Write([]byte{3}); return err },
		"hang-up": func(_ *desk, c *exec.Cmd) error { return c.Process.Signal(syscall.SIGHUP) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			c := exec.CommandContext(t.Context(), path, "quick", "sink", "--user", "bench\x1b[31m")
			c.Args[0], c.Dir = "smtpgauge", t.TempDir()
			c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, scenarios.PasswordVariable+"=") })
			c.Stdin, c.Stdout, c.Stderr = d.terminal, d.terminal, d.terminal
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			prompt := `password of bench\x1b[31m: `
			shown := make([]byte, len(prompt))
			if _, err := io.ReadFull(d.person, shown); err != nil || string(shown) != prompt {
				t.Fatalf("%q, %v; want the prompt", shown, err)
			}
			for d.echoes() {
				runtime.Gosched()
			}
			if err := end(d, c); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait() // the exit code is checked instead
			if code := c.ProcessState.ExitCode(); code != exitInterrupted || !d.echoes() {
				t.Errorf("exit %d, echo %v", code, d.echoes())
			}
			var output []byte
			for text := make([]byte, 200); !strings.Contains(string(output), "smtpgauge: read the password: interrupted"); {
				n, err := d.person.Read(text)
				if output = append(output, text[:n]...); err != nil {
					t.Fatalf("output %q, %v", output, err)
				}
			}
		})
	}
}
