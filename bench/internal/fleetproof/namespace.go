//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A namespace is a network of its own, with its own loopback. It belongs to a thread, and ends
// with that and with the processes that were started in it, in whatever way these end.
type namespace struct{ work chan func() }

// newNamespace makes a namespace that has nothing but its loopback. It takes root's privileges.
func newNamespace() (*namespace, error) {
	n, made := &namespace{make(chan func())}, make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with this function
		err := unix.Unshare(unix.CLONE_NEWNET)
		if err == nil {
			err = bringUp("lo", nil)
		}
		if made <- err; err != nil {
			return
		}
		for do := range n.work {
			do()
		}
	}()
	if err := <-made; err != nil {
		return nil, fmt.Errorf("a network namespace: %w", err)
	}
	return n, nil
}

// in does something in the namespace: sockets that are made, and processes that are started,
// belong to it.
func (n *namespace) in(do func() error) error {
	done := make(chan error)
	n.work <- func() { done <- do() }
	return <-done
}

// close lets the namespace go.
func (n *namespace) close() { close(n.work) }

// bringUp gives a device of the thread's namespace an address in a network of four, unless that
// is nil, and brings it up.
func bringUp(device string, address []byte) error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	r, err := unix.NewIfreq(device)
	if err != nil {
		return err
	}
	if address != nil {
		for _, set := range []struct {
			request uint
			value   []byte
		}{{unix.SIOCSIFADDR, address}, {unix.SIOCSIFNETMASK, []byte{255, 255, 255, 252}}} {
			if err := errors.Join(r.SetInet4Addr(set.value), unix.IoctlIfreq(s, set.request, r)); err != nil {
				return fmt.Errorf("the address of %s: %w", device, err)
			}
		}
	}
	r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, r); err != nil {
		return fmt.Errorf("bringing %s up: %w", device, err)
	}
	return nil
}

// openTunnel makes a device in the thread's namespace. What is read from the file are the IP
// packets that the namespace sends over it, and what is written the namespace receives.
func openTunnel(device string, address []byte) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	r, err := unix.NewIfreq(device)
	if err == nil {
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, r)
	}
	if err == nil {
		err = bringUp(device, address)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a tunnel: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), device), nil
}

// sentAgain is how many TCP segments were sent again from the thread's namespace.
func sentAgain() (int64, error) {
	text, err := os.ReadFile("/proc/thread-self/net/snmp")
	if err != nil {
		return 0, err
	}
	return counter(string(text), "Tcp:", "RetransSegs")
}

// counter finds a counter of the kernel: a line with the names of a protocol's counters is
// before the one with their values.
func counter(text, protocol, name string) (int64, error) {
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] != protocol:
		case names == nil:
			names = fields
		default:
			for i, value := range fields {
				if i < len(names) && names[i] == name {
					return strconv.ParseInt(value, 10, 64)
				}
			}
		}
	}
	return 0, fmt.Errorf("the kernel does not count %s %s", protocol, name)
}
