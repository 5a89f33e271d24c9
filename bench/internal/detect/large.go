//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The largest comparison that has to be fast: two runs of that length and that many flows,
// with all phases of messages and sessions.
const (
	largeSeconds = 600
	largeFlows   = 20
	largeTimes   = 5
)

var largeLimit = timing{Took: time.Second, Memory: 200_000_000}

// timeWord is the argument that makes this program measure a command. A process of its own
// does that: the system counts the memory of the process that starts a command as the
// command's, and the one that makes up the files has much.
const timeWord = "time"

// A timing is what a command took, as the measuring process prints it.
type timing struct {
	Took   time.Duration
	CPU    time.Duration // user and system time of all cores
	Memory int64         // bytes
}

// compareLarge makes up two large runs, and measures the command on them a few times.
func compareLarge(ctx context.Context, w io.Writer, h *harness.Bench, seed uint64) error {
	args := []string{timeWord, h.Ours, "compare", "--all", "--format", "json"}
	size := int64(0)
	for side := range uint64(2) {
		file := filepath.Join(h.Dir, fmt.Sprintf("large-%d.jsonl", side+1))
		n, err := writeLarge(file, madeup.NewMachine(seed, 1<<32+side))
		if err != nil {
			return err
		}
		args, size = append(args, file), size+n
	}
	best, slowest := timing{Took: time.Hour, CPU: time.Hour}, timing{}
	for range largeTimes {
		cmd, err := harness.Self(ctx, args...)
		if err != nil {
			return err
		}
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("timing smtpgauge compare: %w", err)
		}
		var t timing
		if err := json.Unmarshal(out, &t); err != nil {
			return err
		}
		best.Took, slowest.Took, best.CPU = min(best.Took, t.Took), max(slowest.Took, t.Took), min(best.CPU, t.CPU)
		slowest.Memory = max(slowest.Memory, t.Memory)
	}
	fmt.Fprintf(w, `
smtpgauge compare of two runs of %d s and %d flows with %d phases, %.0f MB of files:
  %.2f s (the slowest of %d: %.2f s), %.2f s of CPU and %.0f MB of memory; want %v and %.0f MB at most
`, largeSeconds, largeFlows, madeup.Phases(), float64(size)/1e6,
		best.Took.Seconds(), largeTimes, slowest.Took.Seconds(), best.CPU.Seconds(), float64(slowest.Memory)/1e6, largeLimit.Took, float64(largeLimit.Memory)/1e6)
	if best.Took > largeLimit.Took || slowest.Memory > largeLimit.Memory {
		return errors.New("comparing two large runs takes too much")
	}
	return nil
}

func writeLarge(file string, m *madeup.Machine) (int64, error) {
	f, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	run := madeup.NewRun(madePlan(largeFlows), criteria.Criteria{})
	run.Seconds = largeSeconds
	w := bufio.NewWriter(f)
	if err := errors.Join(m.Write(w, run), w.Flush()); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), f.Close()
}

// timeCommand runs a command that compares, and prints what it took.
func timeCommand(ctx context.Context, args []string, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := harness.Command(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3 && exit.ExitCode() != 4) { // something is worse; too few rounds to tell
		return err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not say what a process used")
	}
	state := cmd.ProcessState
	return json.NewEncoder(w).Encode(timing{took, state.UserTime() + state.SystemTime(), usage.Maxrss * 1024})
}
