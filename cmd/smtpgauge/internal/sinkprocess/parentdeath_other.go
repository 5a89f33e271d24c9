//go:build !linux

package sinkprocess

import "os/exec"

// dieWithParent does nothing: the child ends when its stdin does.
func dieWithParent(*exec.Cmd) {}
