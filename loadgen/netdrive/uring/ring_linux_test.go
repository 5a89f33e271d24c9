package uring

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// What is withdrawn must not read from the next socket that gets the descriptor. What the
// kernel has heard of cannot be withdrawn.
func TestWithdraw(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, err := New()
	if err != nil {
		t.Skipf("needs io_uring of Linux 6.1, which a machine for tests has: %v", err)
	}
	defer r.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	const first, second = 7 << 32, 8 << 32
	if place := r.Receive(fds[0], first); !r.Withdraw(place) {
		t.Fatal("the kernel knows of what it was not told")
	}
	place := r.Receive(fds[0], second)
	_ = r.Enter(0, false)
	if r.Withdraw(place) {
		t.Error("the kernel forgets what it was told")
	}
	if _, err := unix.Write(fds[1], []byte("x")); err != nil {
		t.Fatal(err)
	}
	var users []uint64
	for !slices.Contains(users, second) {
		_ = r.Enter(time.Second, false)
		for c := r.First(); c != nil; c = r.First() {
			users = append(users, c.User)
			r.Took()
		}
	}
	if slices.Contains(users, first) {
		t.Error("what was withdrawn reads all the same")
	}
}
