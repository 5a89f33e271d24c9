package example

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/smtpgauge/smtpgauge/bench"
)

// BenchmarkPorts has a sub-benchmark for each flow of the scenario:
//
//	go test -run '^$' -bench Ports -benchtime 2s -count 10 | tee new.txt
func BenchmarkPorts(b *testing.B) {
	s := start(b)
	bench.Run(b, "testdata/ports.yaml", bench.At(s.address), bench.Trust(s.authorities))
}

// BenchmarkArrivals sends at a set rate, whatever the server does. Its times are response
// times.
func BenchmarkArrivals(b *testing.B) {
	s := start(b)
	bench.Run(b, "testdata/ports.yaml", bench.At(s.address), bench.Flow("relay"),
		bench.Set("defaults.load={rate: 500 messages/s, arrivals: poisson, duration: 1s}"))
}

// BenchmarkOneMessage has a loop of its own that sends one message at a time.
func BenchmarkOneMessage(b *testing.B) {
	s := start(b)
	sender := bench.Start(b, "testdata/ports.yaml", bench.At(s.address), bench.Flow("relay"))
	for b.Loop() {
		sender.Send()
	}
}

// A started server listens until the end of the benchmark.
type started struct {
	mailbox     *Mailbox
	address     net.Addr
	authorities *x509.CertPool // to verify its certificate
}

func start(b *testing.B) started {
	b.Helper()
	// httptest brings a certificate for 127.0.0.1.
	web := httptest.NewTLSServer(nil)
	b.Cleanup(web.Close)
	s := started{
		mailbox:     &Mailbox{Accounts: map[string]string{"bench@example.test": "open sesame"}},
		authorities: x509.NewCertPool(),
	}
	s.authorities.AddCert(web.Certificate())

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s.address = l.Addr()
	server := NewServer(s.mailbox, &tls.Config{Certificates: web.TLS.Certificates})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	b.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		<-served
	})
	return s
}
