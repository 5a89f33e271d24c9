//go:build linux

package main

import (
	"context"
	"errors"
	"os/exec"

	"github.com/smtpgauge/smtpgauge/bench/internal/harness"
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
