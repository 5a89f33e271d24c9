package loadgen

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Cause returns the class of the error that broke a connection, and a line that
// describes it. phase is the one that the session was in.
func Cause(err error, phase sample.Phase) (sample.Class, string) {
	if c, text := localLimit(err); c != sample.NoClass {
		return c, text
	}
	switch phase {
	case sample.Resolve:
		return sample.ResolveFailed, err.Error()
	case sample.Connect:
		return connectCause(err)
	case sample.TLS:
		return tlsCause(err)
	}
	return lostCause(err)
}

// localLimit finds the errors that this machine causes, and says what to do about
// them. Any other is of NoClass.
func localLimit(err error) (sample.Class, string) {
	var own *netdrive.OwnFault
	hint := ""
	switch {
	case errors.As(err, &own):
		hint = own.Text
	case errors.As(err, new(*netdrive.StrangerError)):
		hint = err.Error()
	case errors.Is(err, syscall.EMFILE):
		hint = "out of file descriptors: raise the limit (ulimit -n) or use fewer sessions"
	case errors.Is(err, syscall.ENFILE):
		hint = "the system is out of file descriptors: raise fs.file-max or use fewer sessions"
	case errors.Is(err, syscall.EADDRNOTAVAIL) && inCall("bind", err):
		hint = "the source address is not this machine's: take it out of target.source, or give it to an interface"
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		hint = "out of local ports: send more messages a connection, add source addresses (target.source of a scenario), or widen net.ipv4.ip_local_port_range"
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		hint = "out of memory for sockets: raise net.ipv4.tcp_mem or use fewer sessions"
	default:
		return sample.NoClass, ""
	}
	return sample.LocalLimit, hint
}

// ownConnect finds the errors that keep this machine from sending a SYN, and says
// what to do about them; "" for any other.
func ownConnect(err error) string {
	switch {
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.ENETDOWN):
		return netdrive.Reason(err) + ": this machine has no route to the address: look at its routes, or give an address of the other family (target.family of a scenario)"
	case errors.Is(err, syscall.EAFNOSUPPORT):
		return netdrive.Reason(err) + ": this machine does not speak the family of the address: give one of the other (target.family of a scenario)"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return netdrive.Reason(err) + ": this machine does not let us connect there: look at its firewall, its routes, and who may use the socket"
	case errors.Is(err, syscall.EINVAL):
		return netdrive.Reason(err) + ": this machine cannot connect there: a link-local address needs the interface it is on, such as fe80::1%eth0"
	}
	return ""
}

func connectCause(err error) (sample.Class, string) {
	if text := ownConnect(err); text != "" {
		return sample.LocalLimit, text
	}
	switch {
	case errors.Is(err, syscall.EHOSTUNREACH):
		return sample.ConnectTimeout, netdrive.Reason(err) + ": nothing answers at the address, or a router does not let us through"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return sample.Refused, netdrive.Reason(err)
	case errors.Is(err, syscall.ECONNRESET):
		return sample.Reset, netdrive.Reason(err)
	}
	// Nothing answered the SYN.
	return sample.ConnectTimeout, netdrive.Reason(err)
}

func tlsCause(err error) (sample.Class, string) {
	var verify *tls.CertificateVerificationError
	if errors.As(err, &verify) {
		return sample.TLSCertificate, certificateText(verify)
	}
	if isTimeout(err) {
		return sample.Timeout, "no answer within the limit"
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return sample.Reset, netdrive.Reason(err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return sample.Closed, "the server closed the connection during the handshake"
	}
	return sample.TLSHandshake, err.Error()
}

// certificateText says what is wrong with the certificate: the class says only
// that something is.
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

func lostCause(err error) (sample.Class, string) {
	switch {
	case isTimeout(err):
		return sample.Timeout, "no reply within the limit"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return sample.Timeout, netdrive.Reason(err) + ": the way to the server is gone"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return sample.Closed, "the server closed the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		return sample.Reset, netdrive.Reason(err)
	case errors.Is(err, context.Canceled):
		return sample.Canceled, "stopped"
	}
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return sample.Reset, netdrive.Reason(err)
	}
	return sample.Protocol, err.Error() // crypto/tls could not read what came
}

// IsAlert tells whether the server ended the connection by a TLS alert (RFC 8446,
// section 6).
func IsAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// Exhausted tells whether this machine has run out of something that every
// connection needs, so that another address would fail as well.
func Exhausted(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EADDRINUSE)) && !inCall("bind", err)
}

// inCall tells whether an error comes from the system call of that name.
func inCall(name string, err error) bool {
	var call *os.SyscallError
	return errors.As(err, &call) && call.Syscall == name
}

func isTimeout(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT)
}
