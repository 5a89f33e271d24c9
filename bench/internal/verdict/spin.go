//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// spinWord makes this program spin instead of measure.
const spinWord = "spin"

// spin keeps a core busy until the process is killed.
func spin() {
	for turns := 0; ; turns++ {
	}
}

// startSpinning starts so many processes that do nothing but use a core, at
// the priority everybody has. They have a session each: the scheduler shares
// the cores out between sessions first, and what is busy beside the generator
// is seldom of its own. stop ends them.
func startSpinning(ctx context.Context, n int) (stop func() error, err error) {
	var spinning []*exec.Cmd
	stop = func() error {
		var failed error
		for _, c := range spinning {
			if err := c.Process.Kill(); err != nil {
				failed = errors.Join(failed, err)
			}
			_ = c.Wait() // says only that it was killed
		}
		return failed
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for range n {
		c := exec.CommandContext(ctx, program, spinWord)
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setsid: true}
		if err := c.Start(); err != nil {
			return nil, errors.Join(err, stop())
		}
		spinning = append(spinning, c)
	}
	return stop, nil
}
