package netdrive

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
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
