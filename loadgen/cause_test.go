package loadgen

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

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// An RST is a reset. What crypto/tls cannot read is not.
func TestCauseOfALoss(t *testing.T) {
	for _, c := range []struct {
		err  error
		want sample.Class
	}{
		{io.EOF, sample.Closed},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), sample.Closed},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, sample.Reset},
		{syscall.EPIPE, sample.Reset},
		{syscall.ECONNABORTED, sample.Reset},
		{os.ErrDeadlineExceeded, sample.Timeout},
		{syscall.EMFILE, sample.LocalLimit},
		{tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, sample.Protocol},
		{&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, sample.Protocol},
		{&net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}, sample.Protocol},
		{errors.New("tls: too many ignored records"), sample.Protocol},
		{errors.New("tls: received unexpected handshake message of type *tls.helloRequestMsg"), sample.Protocol},
	} {
		if got, text := Cause(c.err, sample.Mail); got != c.want || text == "" {
			t.Errorf("%v: %v, %q: want %v", c.err, got, text, c.want)
		}
	}
}

// A connect can fail because of the target or because of this machine.
func TestCauseOfAFailedConnect(t *testing.T) {
	call := func(name string, errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Err: os.NewSyscallError(name, errno)}
	}
	for _, test := range []struct {
		err       error
		class     sample.Class
		text      string
		exhausted bool
	}{
		{syscall.EMFILE, sample.LocalLimit, "out of file descriptors", true},
		{syscall.ENFILE, sample.LocalLimit, "the system is out of file descriptors", true},
		{syscall.ENOBUFS, sample.LocalLimit, "out of memory", true},
		{syscall.ENOMEM, sample.LocalLimit, "out of memory", true},
		{syscall.EADDRNOTAVAIL, sample.LocalLimit, "out of local ports", true},
		{call("connect", syscall.EADDRNOTAVAIL), sample.LocalLimit, "out of local ports", true},
		{call("connect", syscall.EADDRINUSE), sample.LocalLimit, "out of local ports", true},
		{call("bind", syscall.EADDRNOTAVAIL), sample.LocalLimit, "the source address is not this machine's", false},
		{syscall.EAFNOSUPPORT, sample.LocalLimit, "does not speak the family", false},
		{call("bind", syscall.EAFNOSUPPORT), sample.LocalLimit, "does not speak the family", false},
		{syscall.EACCES, sample.LocalLimit, "permission denied: this machine does not let us", false},
		{syscall.EPERM, sample.LocalLimit, "operation not permitted: this machine does not let us", false},
		{syscall.ENETUNREACH, sample.LocalLimit, "network is unreachable: this machine has no route", false},
		{syscall.ENETDOWN, sample.LocalLimit, "no route", false},
		{syscall.EINVAL, sample.LocalLimit, "needs the interface it is on", false},
		{&netdrive.OwnFault{Text: "this machine has no interface eth7"}, sample.LocalLimit, "this machine has no interface eth7", false},
		{&netdrive.StrangerError{Addr: netip.MustParseAddr("192.0.2.1")}, sample.LocalLimit, "192.0.2.1 is neither loopback nor private", false},
		{syscall.EHOSTUNREACH, sample.ConnectTimeout, "no route to host: nothing answers", false},
		{syscall.ETIMEDOUT, sample.ConnectTimeout, "timed out", false},
		{syscall.ECONNREFUSED, sample.Refused, "connection refused", false},
		{syscall.ENOENT, sample.Refused, "no such file", false},
		{syscall.ECONNRESET, sample.Reset, "reset by peer", false},
	} {
		for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
			class, text := Cause(err, sample.Connect)
			if class != test.class || !strings.Contains(text, test.text) || Exhausted(err) != test.exhausted {
				t.Errorf("%v: %v (%s), exhausted %v, want %v (%s), %v", err, class, text, Exhausted(err), test.class, test.text, test.exhausted)
			}
		}
	}
	for _, err := range []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH} {
		if class, text := Cause(err, sample.Mail); class != sample.Timeout || !strings.Contains(text, "the way to the server is gone") {
			t.Errorf("%v on a connection: %v (%s)", err, class, text)
		}
	}
}
