package sinkprocess

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the kernel end the child when this process ends, also by
// kill -9.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
