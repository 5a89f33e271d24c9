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

// Command is a program that ends with this one, however this one ends.
func Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Self is this program with other arguments: what must not share the process
// that measures is done by another one of it.
func Self(ctx context.Context, args ...string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return Command(ctx, program, args...), nil
}

// runFile is where runs are written, one after the other.
func (b *Bench) runFile() string { return filepath.Join(b.Dir, "run.jsonl") }

// Scenario writes a scenario into the folder and returns its path. The run file
// of the one before goes.
func (b *Bench) Scenario(text string) (string, error) {
	file := filepath.Join(b.Dir, "scenario.yaml")
	return file, errors.Join(os.WriteFile(file, []byte(text), 0o600), os.RemoveAll(b.runFile()))
}

// RunArgs are the arguments with which smtpgauge runs a scenario and prints its
// result as JSON.
func (b *Bench) RunArgs(scenario string) []string {
	return []string{"run", scenario, "--quiet", "--format", "json", "-o", b.runFile()}
}

// Outcome runs smtpgauge and returns what it prints.
func (b *Bench) Outcome(ctx context.Context, args ...string) ([]byte, error) {
	return Outcome(Command(ctx, b.Ours, args...))
}

// Outcome runs a command line of smtpgauge and returns what it prints. Exit 1
// may mean that it calls a run invalid, and 3 that something is worse: with a
// result printed, both are outcomes.
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
