//go:build integration && linux

package integration

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// TestServers checks the servers, and how their messages are counted, with the client of another
// project. If it passes, the faults that the other tests find are the command's.
func TestServers(t *testing.T) {
	p := startPostfix(t)
	const each = 3
	for port := range p.services {
		c := p.dial(t, port)
		if port != 25 {
			if err := c.Auth(sasl.NewPlainClient("", account, password)); err != nil {
				t.Fatalf("port %d: %v", port, err)
			}
		}
		for range each {
			err := c.SendMail(account, []string{account}, strings.NewReader("Subject: a test\r\n\r\nhello\r\n"))
			if err != nil {
				t.Fatalf("port %d: %v", port, err)
			}
		}
		// A message that was begun and not finished does not count as received.
		if err := c.Mail(account, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Rcpt(account, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Quit(); err != nil {
			t.Fatal(err)
		}
	}
	p.settle(t)
	for port, n := range p.received(t) {
		if n != each {
			t.Errorf("port %d: postfix logged %d messages, want %d", port, n, each)
		}
	}
	if got := len(p.received(t)); got != len(p.services) {
		t.Errorf("postfix logged messages on %d ports, want %d", got, len(p.services))
	}
}

// dial connects to a service in the usual way of its port.
func (p *postfix) dial(t *testing.T, port int) *smtp.Client {
	t.Helper()
	pem, err := os.ReadFile(p.ca)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{ServerName: "mail.example.test", RootCAs: x509.NewCertPool()}
	config.RootCAs.AppendCertsFromPEM(pem)

	conn, err := net.Dial("tcp", p.services[port].Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	switch port {
	case 25:
		return smtp.NewClient(conn)
	case 465:
		return smtp.NewClient(tls.Client(conn, config))
	}
	c, err := smtp.NewClientStartTLS(conn, config)
	if err != nil {
		t.Fatalf("port %d: %v", port, err)
	}
	return c
}
