package netdrive

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// Cause tells the class of a broken connection from its error, and says it in
// one line. phase is what the session was at.
func Cause(err error, phase smtpwire.Phase) (smtpwire.Class, string) {
	if c, text := localLimit(err); c != smtpwire.NoClass {
		return c, text
	}
	switch phase {
	case smtpwire.Resolve:
		return smtpwire.ResolveFailed, err.Error()
	case smtpwire.Connect:
		return connectCause(err)
	case smtpwire.TLS:
		return tlsCause(err)
	}
	return lostCause(err)
}

// localLimit finds what is the generator's own fault, with what to do about it.
func localLimit(err error) (smtpwire.Class, string) {
	hint := ""
	switch {
	case errors.Is(err, syscall.EMFILE):
		hint = "out of file descriptors: raise the limit (ulimit -n) or use fewer sessions"
	case errors.Is(err, syscall.ENFILE):
		hint = "the system is out of file descriptors: raise fs.file-max or use fewer sessions"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "out of local ports: send more messages a connection, add source addresses (target.source), or widen net.ipv4.ip_local_port_range"
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		hint = "out of memory for sockets: raise net.ipv4.tcp_mem or use fewer sessions"
	default:
		return smtpwire.NoClass, ""
	}
	return smtpwire.LocalLimit, hint
}

func connectCause(err error) (smtpwire.Class, string) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return smtpwire.Refused, reason(err)
	case errors.Is(err, syscall.ECONNRESET):
		return smtpwire.Reset, reason(err)
	}
	// No route, or no answer: either way nothing answered the SYN.
	return smtpwire.ConnectTimeout, reason(err)
}

func tlsCause(err error) (smtpwire.Class, string) {
	var verify *tls.CertificateVerificationError
	if errors.As(err, &verify) {
		return smtpwire.TLSCertificate, certificateText(verify)
	}
	if isTimeout(err) {
		return smtpwire.Timeout, "no answer within the limit"
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return smtpwire.Reset, reason(err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return smtpwire.Closed, "the server closed the connection during the handshake"
	}
	return smtpwire.TLSHandshake, err.Error()
}

// certificateText names which of the certificate's faults it was, since the
// class only says that there is one.
func certificateText(verify *tls.CertificateVerificationError) string {
	var (
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		authority x509.UnknownAuthorityError
	)
	switch {
	case errors.As(verify, &host):
		return "wrong name: " + host.Error()
	case errors.As(verify, &authority):
		return "unknown authority: " + authority.Error()
	case errors.As(verify, &invalid) && invalid.Reason == x509.Expired:
		return "outside its dates: " + invalid.Error()
	}
	return verify.Error()
}

func lostCause(err error) (smtpwire.Class, string) {
	switch {
	case isTimeout(err):
		return smtpwire.Timeout, "no reply within the limit"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return smtpwire.Closed, "the server closed the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return smtpwire.Reset, reason(err)
	case errors.Is(err, context.Canceled):
		return smtpwire.Canceled, "stopped"
	}
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return smtpwire.Reset, reason(err)
	}
	return smtpwire.Protocol, err.Error() // crypto/tls says so of what came
}

// IsAlert tells whether it was by an alert of TLS (RFC 8446, section 6) that the
// server ended a connection.
func IsAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

func isTimeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT)
}

// reason is the system's word for an error, without the addresses that net
// puts in front: those differ by connection and would keep equal causes apart.
func reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return fmt.Sprint(err)
}
