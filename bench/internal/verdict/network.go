//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// inOwnNetwork calls f on a thread with a network namespace of its own, in which loopback is up.
// Processes that f starts are in it too. The thread ends with f, and the namespace with its last
// process.
func inOwnNetwork(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked, so that the thread ends with the goroutine
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err != nil {
			err = fmt.Errorf("a network namespace, which takes root: %w", err)
		} else {
			err = raiseLoopback()
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// raiseLoopback turns the calling thread's loopback interface on.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	return nil
}

// setPortRange sets the range of local ports for connections in the calling thread's network.
func setPortRange(from, to int) error {
	return os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", fmt.Appendf(nil, "%d %d", from, to), 0o644)
}
