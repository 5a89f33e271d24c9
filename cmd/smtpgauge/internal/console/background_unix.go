//go:build linux || darwin

package console

import (
	"os/signal"
	"syscall"
)

// WriteFromBackground lets the program write to its terminal while it is in the
// background, until undo is called. A terminal may be set to stop programs that do
// so (stty tostop); then a line of progress would stop the load.
func WriteFromBackground() (undo func()) {
	signal.Ignore(syscall.SIGTTOU)
	return func() { signal.Reset(syscall.SIGTTOU) }
}
