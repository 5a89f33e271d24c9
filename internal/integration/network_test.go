//go:build integration && linux

package integration

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// ownNetwork puts the test into a network of its own, for good: its ports are all free, its
// only interface is loopback, which has more addresses beside 127.0.0.0/8, and names have the
// addresses that hosts gives them, in the form of /etc/hosts. Servers and commands that the
// test starts are in it too. Subtests are not: they run on other threads.
func ownNetwork(t *testing.T, hosts string, more ...netip.Addr) {
	t.Helper()
	runtime.LockOSThread() // never unlocked, so that the thread ends with the test
	err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWNS)
	if errors.Is(err, unix.EPERM) {
		t.Skipf("needs CAP_SYS_ADMIN for a network of its own, as root has on a machine of its own: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := setUpLoopback(more); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hosts")
	writeFile(t, file, hosts)
	err = unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	if err == nil {
		err = unix.Mount(file, "/etc/hosts", "", unix.MS_BIND, "")
	}
	if err != nil {
		t.Fatalf("/etc/hosts: %v", err)
	}
}

// setUpLoopback turns on the loopback interface of the calling thread's network, and gives it
// more addresses.
func setUpLoopback(more []netip.Addr) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	set := func(request uint, name string, change func(*unix.Ifreq) error) error {
		r, err := unix.NewIfreq(name)
		if err == nil {
			err = change(r)
		}
		if err == nil {
			err = unix.IoctlIfreq(fd, request, r)
		}
		if err != nil {
			return fmt.Errorf("interface %s: %w", name, err)
		}
		return nil
	}
	err = set(unix.SIOCSIFFLAGS, "lo", func(r *unix.Ifreq) error {
		r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		return nil
	})
	for i, a := range more {
		name := fmt.Sprintf("lo:%d", i+1)
		err = errors.Join(err,
			set(unix.SIOCSIFADDR, name, func(r *unix.Ifreq) error { return r.SetInet4Addr(a.AsSlice()) }),
			set(unix.SIOCSIFNETMASK, name, func(r *unix.Ifreq) error { return r.SetInet4Addr([]byte{255, 255, 255, 255}) }))
	}
	return err
}
