package netdrive

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A connection is reset where an RST came, and not where crypto/tls made
// nothing of what did.
func TestCauseOfALoss(t *testing.T) {
	for _, c := range []struct {
		err  error
		want smtpwire.Class
	}{
		{io.EOF, smtpwire.Closed},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), smtpwire.Closed},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, smtpwire.Reset},
		{syscall.EPIPE, smtpwire.Reset},
		{syscall.ECONNABORTED, smtpwire.Reset},
		{os.ErrDeadlineExceeded, smtpwire.Timeout},
		{syscall.EMFILE, smtpwire.LocalLimit},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, smtpwire.Protocol},
		{&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, smtpwire.Protocol},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}, smtpwire.Protocol},
		{errors.New("tls: too many ignored records"), smtpwire.Protocol},
		{errors.New("tls: received unexpected handshake message of type *tls.helloRequestMsg"), smtpwire.Protocol},
	} {
		if got, text := Cause(c.err, smtpwire.Mail); got != c.want || text == "" {
			t.Errorf("%v: %v, %q: want %v", c.err, got, text, c.want)
		}
	}
}

// Why nothing came of a connection, and whose matter it is.
func TestCauseOfAFailedConnect(t *testing.T) {
	call := func(name string, errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Err: os.NewSyscallError(name, errno)}
	}
	for _, test := range []struct {
		err       error
		class     smtpwire.Class
		text      string
		exhausted bool
	}{
		{syscall.EMFILE, smtpwire.LocalLimit, "out of file descriptors", true},
		{syscall.ENFILE, smtpwire.LocalLimit, "the system is out of file descriptors", true},
		{syscall.ENOBUFS, smtpwire.LocalLimit, "out of memory", true},
		{syscall.ENOMEM, smtpwire.LocalLimit, "out of memory", true},
		{syscall.EADDRNOTAVAIL, smtpwire.LocalLimit, "out of local ports", true},
		{call("connect", syscall.EADDRNOTAVAIL), smtpwire.LocalLimit, "out of local ports", true},
		{call("connect", syscall.EADDRINUSE), smtpwire.LocalLimit, "out of local ports", true},
		{call("bind", syscall.EADDRNOTAVAIL), smtpwire.LocalLimit, "the source address is none of this machine's", false},
		{syscall.EAFNOSUPPORT, smtpwire.LocalLimit, "does not speak the family", false},
		{call("bind", syscall.EAFNOSUPPORT), smtpwire.LocalLimit, "does not speak the family", false},
		{syscall.EACCES, smtpwire.LocalLimit, "permission denied: this machine does not let us", false},
		{syscall.EPERM, smtpwire.LocalLimit, "operation not permitted: this machine does not let us", false},
		{syscall.ENETUNREACH, smtpwire.LocalLimit, "network is unreachable: this machine has no route", false},
		{syscall.ENETDOWN, smtpwire.LocalLimit, "no route", false},
		{syscall.EINVAL, smtpwire.LocalLimit, "needs the interface it is on", false},
		{&OwnFault{"this machine has no interface eth7"}, smtpwire.LocalLimit, "this machine has no interface eth7", false},
		{&StrangerError{Addr: netip.MustParseAddr("192.0.2.1")}, smtpwire.LocalLimit, "192.0.2.1 is neither loopback nor private", false},
		{syscall.EHOSTUNREACH, smtpwire.ConnectTimeout, "no route to host: nothing answers", false},
		{syscall.ETIMEDOUT, smtpwire.ConnectTimeout, "timed out", false},
		{syscall.ECONNREFUSED, smtpwire.Refused, "connection refused", false},
		{syscall.ENOENT, smtpwire.Refused, "no such file", false},
		{syscall.ECONNRESET, smtpwire.Reset, "reset by peer", false},
	} {
		for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
			class, text := Cause(err, smtpwire.Connect)
			if class != test.class || !strings.Contains(text, test.text) || Exhausted(err) != test.exhausted {
				t.Errorf("%v: %v (%s), exhausted %v, want %v (%s), %v", err, class, text, Exhausted(err), test.class, test.text, test.exhausted)
			}
		}
	}
	for _, err := range []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if class, text := Cause(err, smtpwire.Mail); class != smtpwire.Timeout || !strings.Contains(text, "the way to the server is gone") {
			t.Errorf("%v on a connection: %v (%s)", err, class, text)
		}
	}
}
