package bus

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A Server is a NATS server within this process, with the coordinator's connection to it.
type Server struct {
	Bus
	server *server.Server
	join   Join
}

// Serve starts a server for a fleet of so many agents. It speaks TLS only, with a
// certificate that it makes itself, and takes nobody who does not know the token. report is
// called with who has tried, once a minute for an address, by several goroutines; nil if nobody
// wants it.
func Serve(address string, t Token, agents int, report func(string)) (*Server, error) {
	if report == nil {
		report = func(string) {}
	}
	host, number, err := free(address)
	if err != nil {
		return nil, err
	}
	certificate, err := selfMade()
	if err != nil {
		return nil, err
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "smtpgauge", Host: host, Port: number, NoLog: true, NoSigs: true, NoSystemAccount: true,
		CustomClientAuthentication: &login{secret: t.login(), report: report}, AuthTimeout: 5,
		TLS: true, TLSTimeout: 5, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13},
		MaxPayload: MaxMessage, MaxControlLine: 1024, MaxConn: agents + 32, MaxSubs: 64, PingInterval: 2 * time.Second, MaxPingsOut: 2,
		WriteDeadline: 5 * time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("the embedded NATS server: %w", err)
	}
	go s.Start()
	if !s.ReadyForConnections(5 * time.Second) {
		s.Shutdown()
		return nil, fmt.Errorf("--listen %s: the embedded NATS server did not begin to listen within 5 s", address)
	}
	own, err := connect("", t, peer{name: "the embedded NATS server"}, nil, []nats.Option{nats.InProcessServer(s), nats.Token(t.login())})
	if err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("the embedded NATS server: %w", err)
	}
	listening, ok := s.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.New("the embedded NATS server listens nowhere")
	}
	return &Server{Bus: own, server: s, join: Join{
		Address: net.JoinHostPort(host, strconv.Itoa(listening.Port)), Token: t, Fingerprint: fingerprint(certificate.Certificate[0]),
	}}, nil
}

// free finds out whether a server may listen on an address, which the NATS server does not
// say. A port of 0 is any that is free.
func free(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil {
		return "", 0, fmt.Errorf("--listen %s: want [HOST]:PORT", address)
	}
	l, err := net.Listen("tcp", address)
	var lookup *net.DNSError
	switch {
	case err == nil:
		_ = l.Close() // nobody has connected
	case errors.Is(err, syscall.EADDRINUSE):
		err = fmt.Errorf("--listen %s: another program, perhaps another coordinator, has that port: end it, or take another port", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		err = fmt.Errorf("--listen %s: %s is no address of this machine: 0.0.0.0:%d is for all that it has", address, host, port)
	case errors.Is(err, syscall.EACCES):
		err = fmt.Errorf("--listen %s: this user may not listen on that port: take one above 1023", address)
	case errors.As(err, &lookup):
		err = fmt.Errorf("--listen %s: the name %s does not resolve: give an IP address of this machine", address, host)
	default:
		err = fmt.Errorf("--listen %s: %w", address, err)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, err
}

// Join is what an agent needs to know.
func (s *Server) Join() Join { return s.join }

// Traffic is how many octets came in and went out.
func (s *Server) Traffic() (in, out int64) {
	v, err := s.server.Varz(nil)
	if err != nil {
		return 0, 0
	}
	return v.InBytes, v.OutBytes
}

// Close implements Bus, and ends the server.
func (s *Server) Close() {
	s.Bus.Close()
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// selfMade makes a certificate that is known by its fingerprint alone.
func selfMade() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "smtpgauge coordinator"}, DNSNames: []string{"smtpgauge.invalid"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(30 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}
