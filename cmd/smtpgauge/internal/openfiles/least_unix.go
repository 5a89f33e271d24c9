//go:build linux || darwin

package openfiles

import "syscall"

// least is how many open files it takes to say anything: stdin, stdout and stderr, three of the
// runtime, and one to read.
const least = 10

// Advice is what to do about a limit that is too low.
const Advice = "raise the limit on open files: ulimit -n 1024 (as root ulimit -Hn, or LimitNOFILE= in a unit)"

func init() {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max >= least {
		return // Go raises the soft limit to the hard one
	}
	if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: least, Max: least}) == nil {
		return
	}
	syscall.Write(2, []byte("smtpgauge: this process may open no more than "+digit(limit.Max)+" files, and cannot work\nhint: "+Advice+"\n"))
	syscall.Exit(1)
}

// digit is a number below least.
func digit(n uint64) string { return string(rune('0' + n)) }
