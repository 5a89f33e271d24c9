//go:build linux

package main

import (
	"context"
	"errors"
	"os/exec"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
)

// spinWord is the argument that makes this program keep a core busy.
const spinWord = "spin"

// spin keeps a core busy until the process is killed.
func spin() {
	for n := 0; ; n++ {
	}
}

// startSpinning starts n processes that keep a core busy, at the usual priority. Each has a process
// session of its own, as other programs beside a generator mostly have: the kernel's scheduler
// divides the cores between sessions first. stop ends the processes.
func startSpinning(ctx context.Context, n int) (stop func() error, err error) {
	var spinning []*exec.Cmd
	stop = func() error {
		var failed error
		for _, c := range spinning {
			if err := c.Process.Kill(); err != nil {
				failed = errors.Join(failed, err)
			}
			_ = c.Wait() // the error says only that it was killed
		}
		return failed
	}
	for range n {
		c, err := harness.Self(ctx, spinWord)
		if err == nil {
			c.SysProcAttr.Setsid = true
			err = c.Start()
		}
		if err != nil {
			return nil, errors.Join(err, stop())
		}
		spinning = append(spinning, c)
	}
	return stop, nil
}
