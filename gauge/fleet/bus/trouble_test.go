package bus

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"
)

// Whatever goes wrong with a connection is said in words of this project: which address, what
// happened, and what to try.
func TestTroubleIsExplained(t *testing.T) {
	coordinator := peer{name: "the coordinator at 10.0.0.5:4222", coordinator: true}
	servers := peer{name: "the NATS servers at tls://bus.example.test"}
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 4222}, Err: err}
	}
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	ofTLS := func(err error) error { return fmt.Errorf("%w: %w", nats.ErrTLS, err) }
	for _, test := range []struct {
		err           error
		ofCoordinator string // "" if a coordinator cannot be the cause
		ofServers     string // "" if NATS servers cannot
	}{
		{
			err:           ofTLS(&otherCertificate{has: "aaaabbbbccccdddd", want: "111122223333ffff"}),
			ofCoordinator: "has the certificate aaaabbbbcccc..., and the join line is for 111122223333...: most likely it is the line of an earlier coordinator",
		},
		{
			err:           ofTLS(&otherCertificate{has: strings.Repeat("a", 63) + "b", want: strings.Repeat("a", 64)}),
			ofCoordinator: "aaab, and the join line is for " + strings.Repeat("a", 64) + ": most likely it was copied with a mistake",
		},
		{
			err:           ofTLS(&otherCertificate{has: "aaaabbbbccccdddd", want: "aaaabbbbccccddee"}),
			ofCoordinator: "has the certificate aaaabbbbccccddd..., and the join line is for aaaabbbbccccdde...: most likely it was copied",
		},
		{err: ofTLS(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), ofServers: "give it by --nats-ca FILE"},
		{err: ofTLS(&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}}), ofServers: "is not for that name"},
		{err: ofTLS(&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}), ofServers: "has expired"},
		{err: ofTLS(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), ofCoordinator: "check the address and the port of --join", ofServers: "speaks no TLS"},
		{err: nats.ErrSecureConnWanted, ofCoordinator: "speaks no TLS, so it is not the coordinator", ofServers: "speaks no TLS"},
		{err: ofTLS(tls.AlertError(40)), ofCoordinator: "handshake failure; check that a coordinator of this version has that port", ofServers: "a client's certificate"},
		{err: nats.ErrAuthorization, ofCoordinator: "has another token: copy the whole line", ofServers: "refuse this login: check --nats-creds"},
		{err: nats.ErrAuthExpired, ofServers: "has expired there; get new"},
		{err: nats.ErrAccountAuthExpired, ofServers: "has expired there; get new"},
		{err: nats.ErrAuthRevoked, ofServers: "was revoked there; get new"},
		{err: fmt.Errorf("%w: Permissions Violation for Publish to \"smtpgauge.1\"", nats.ErrPermissionViolation), ofServers: "publish and subscribe to smtpgauge.>"},
		{err: nats.ErrNkeysNotSupported, ofServers: "leave --nats-nkey out"},
		{err: errors.New("nats: maximum connections exceeded"), ofCoordinator: "more agents than it waits for", ofServers: "raise their limit"},
		{err: dial(&net.DNSError{Name: "bus.exmaple.test", Err: "no such host", IsNotFound: true}), ofCoordinator: "does not resolve", ofServers: "the name bus.exmaple.test of the NATS servers at tls://bus.example.test does not resolve"},
		{err: dial(&net.DNSError{Name: "bus.example.test", Err: "server misbehaving", IsTemporary: true}), ofServers: "name server"},
		{err: nats.ErrNoServers, ofCoordinator: "nothing listens where the coordinator at 10.0.0.5:4222 should be", ofServers: "or the URL is wrong"},
		{err: dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), ofCoordinator: "it is not there yet or has ended", ofServers: "or the URL is wrong"},
		{err: dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), ofCoordinator: "no route to the coordinator at 10.0.0.5:4222", ofServers: "no route"},
		{err: dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), ofCoordinator: "put another in --join", ofServers: "no route"},
		{err: dial(os.ErrDeadlineExceeded), ofCoordinator: "does not answer: the address is wrong, or a firewall", ofServers: "do not answer"},
		{err: read(os.ErrDeadlineExceeded), ofCoordinator: "says nothing", ofServers: "says nothing"},
		{err: nats.ErrTimeout, ofCoordinator: "says nothing", ofServers: "says nothing"},
		{err: io.EOF, ofCoordinator: "ends the connection before the login", ofServers: "be behind a proxy"},
		{err: read(os.NewSyscallError("read", syscall.ECONNRESET)), ofCoordinator: "ends the connection", ofServers: "end the connection"},
		{err: nats.ErrNoInfoReceived, ofCoordinator: "another program listens", ofServers: "another program listens"},
		{err: nats.ErrJsonParse, ofCoordinator: "another program listens", ofServers: "another program listens"},
		{err: nats.ErrSlowConsumer, ofCoordinator: "sent again", ofServers: "sent again"},
		{err: nats.ErrStaleConnection, ofCoordinator: "nothing is heard", ofServers: "nothing is heard"},
		{err: fmt.Errorf("nats: %s", strings.Repeat("ü", 500)), ofCoordinator: "fails: ü", ofServers: "fails: ü"},
	} {
		for p, want := range map[peer]string{coordinator: test.ofCoordinator, servers: test.ofServers} {
			if want == "" {
				continue
			}
			for _, text := range []string{p.explain(test.err), p.lost(test.err)} {
				if !strings.Contains(text, p.name) || strings.Contains(text, "nats: ") || strings.Contains(text, "EOF") || len(text) > 600 {
					t.Errorf("%v of %s: %s", test.err, p.name, text)
				}
			}
			if text := p.explain(test.err); !strings.Contains(text, want) {
				t.Errorf("%v of %s: %s; want %q", test.err, p.name, text, want)
			}
		}
	}
	for _, err := range []error{io.EOF, nats.ErrStaleConnection, read(os.NewSyscallError("read", syscall.ECONNRESET))} {
		if text := coordinator.lost(err); text != "the connection to the coordinator at 10.0.0.5:4222 is lost; trying again until this or another coordinator is there" {
			t.Errorf("%v: %s", err, text)
		}
	}
	if text := servers.closed(errors.New("nats: Protocol Error")); !strings.HasSuffix(text, "Protocol Error. Start this command again") {
		t.Error(text)
	}
}

// What can never work is an error at once, without a password.
func TestConnectRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "no.creds")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		url  string
		o    Options
		want string
	}{
		{"nats://gauge:s3cret/x@127.0.0.1:4222", Options{}, "%2F"},
		{"nats://127.0.0.1:4222", Options{Credentials: file}, "no JWT with a user's key"},
		{"nats://127.0.0.1:4222", Options{Credentials: file + "s"}, "no such file"},
		{"nats://127.0.0.1:4222", Options{NKey: file}, file},
		{"nats://127.0.0.1:4222", Options{CA: file}, "no certificate in PEM"},
	} {
		b, err := Connect(test.url, NewToken(), test.o)
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "nats: ") {
			t.Errorf("%s, %+v: %v, want %q", test.url, test.o, err, test.want)
		}
	}
	if got := WithoutPassword("nats://gauge:s3@cret@a:4222,s3cret@b,tls://c"); got != "nats://a:4222,nats://b,tls://c" {
		t.Error(got)
	}
}

// Why a coordinator cannot listen is said with what to do about it.
func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, want := range map[string]string{
		taken.Addr().String(): "perhaps another coordinator, has that port",
		"192.0.2.1:4222":      "192.0.2.1 is no address of this machine: 0.0.0.0:4222",
		"127.0.0.1":           "want [HOST]:PORT",
	} {
		s, err := Serve(address, NewToken(), 1, nil)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "--listen "+address) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}
