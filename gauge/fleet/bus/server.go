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
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A Server is a NATS server within this process, with the coordinator's connection to it.
type Server struct {
	Bus
	server *server.Server
	door   *door
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
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: want [HOST]:PORT", address)
	}
	certificate, err := selfMade()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %s", address, cannotListen(host, port, err))
	}
	s, own, err := embedded(t, agents)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the embedded NATS server: %w", err), listener.Close())
	}
	d := &door{
		listener: listener, login: &login{secret: t.login(), report: report}, inside: s.InProcessConn,
		config: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13},
	}
	d.open()
	_, port, _ = net.SplitHostPort(listener.Addr().String()) // a listener has one
	return &Server{Bus: own, server: s, door: d, join: Join{
		Address: net.JoinHostPort(host, port), Token: t, Fingerprint: fingerprint(certificate.Certificate[0]),
	}}, nil
}

// embedded starts a NATS server that listens nowhere, and connects to it.
func embedded(t Token, agents int) (*server.Server, Bus, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "smtpgauge", DontListen: true, NoLog: true, NoSigs: true, NoSystemAccount: true,
		MaxPayload: MaxMessage, MaxControlLine: 1024, MaxConn: agents + 32, MaxSubs: 64, PingInterval: 2 * time.Second, MaxPingsOut: 2,
		WriteDeadline: 5 * time.Second,
	})
	if err != nil {
		return nil, nil, err
	}
	go s.Start()
	if !s.ReadyForConnections(5 * time.Second) {
		s.Shutdown()
		return nil, nil, errors.New("it did not begin within 5 s")
	}
	own, err := connect("", t, peer{name: "the embedded NATS server"}, nil, []nats.Option{nats.InProcessServer(s)})
	if err != nil {
		s.Shutdown()
		return nil, nil, err
	}
	return s, own, nil
}

// cannotListen says why nobody may listen on a port of a host.
func cannotListen(host, port string, err error) string {
	var lookup *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program, perhaps another coordinator, has that port: end it, or take another port"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return host + " is no address of this machine: 0.0.0.0:" + port + " is for all that it has"
	case errors.Is(err, syscall.EACCES):
		return "this user may not listen on that port: take one above 1023"
	case errors.As(err, &lookup):
		return "the name " + host + " does not resolve: give an IP address of this machine"
	}
	return err.Error()
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
	s.door.close()
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
