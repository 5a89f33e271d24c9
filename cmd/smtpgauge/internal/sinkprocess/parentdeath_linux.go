package sinkprocess

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the child when this process is gone, kill -9
// included.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
