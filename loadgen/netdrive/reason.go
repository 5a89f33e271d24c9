package netdrive

import (
	"errors"
	"fmt"
	"syscall"
)

// Reason is the system's word for an error, without the addresses that net
// puts in front: those differ by connection and would keep equal causes apart.
func Reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return fmt.Sprint(err)
}
