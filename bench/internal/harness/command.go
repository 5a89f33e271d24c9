//go:build linux

package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// Command returns a command that ends with this program, in whatever way this program ends.
func Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Self returns a command that runs this program with other arguments. It does what must not be
// done in the process that measures.
func Self(ctx context.Context, args ...string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return Command(ctx, program, args...), nil
}

// runFile returns the path of the run file, which each run overwrites.
func (b *Bench) runFile() string { return filepath.Join(b.Dir, "run.jsonl") }

// Scenario writes a scenario into the folder and returns its path. It removes the run file of
// the last one.
func (b *Bench) Scenario(text string) (string, error) {
	file := filepath.Join(b.Dir, "scenario.yaml")
	return file, errors.Join(os.WriteFile(file, []byte(text), 0o600), os.RemoveAll(b.runFile()))
}

// RunArgs returns the arguments with which smtpgauge runs a scenario and prints the result as
// JSON.
func (b *Bench) RunArgs(scenario string) []string {
	return []string{"run", scenario, "--no-probe", "--quiet", "--format", "json", "-o", b.runFile()}
}

// Outcome runs smtpgauge and returns what it prints.
func (b *Bench) Outcome(ctx context.Context, args ...string) ([]byte, error) {
	return Outcome(Command(ctx, b.Ours, args...))
}

// Outcome runs a command line of smtpgauge and returns what it prints. Exit code 1 may mean
// that a run is invalid, and 3 that something is worse. If there is output, neither is an
// error here.
func Outcome(cmd *exec.Cmd) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil || len(out) > 0 && exitedWith(err, 1, 3) {
		return out, nil
	}
	return nil, fmt.Errorf("smtpgauge: %w\n%s", err, stderr.String())
}

// exitedWith tells whether a command ended by itself with one of these codes.
func exitedWith(err error, codes ...int) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && slices.Contains(codes, exit.ExitCode())
}
