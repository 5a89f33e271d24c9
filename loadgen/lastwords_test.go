package loadgen

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// serveEach gives each connection to serve, on a network in memory.
func serveEach(t *testing.T, serve func(net.Conn)) func(time.Time) (netdrive.Driver, error) {
	var served sync.WaitGroup
	t.Cleanup(served.Wait)
	return func(epoch time.Time) (netdrive.Driver, error) {
		return netdrive.NewPortable(epoch, func(context.Context, netdrive.Addr) (net.Conn, error) {
			client, server := net.Pipe()
			served.Go(func() {
				defer server.Close()
				serve(server)
			})
			return client, nil
		}), nil
	}
}

func runOn(t *testing.T, p *Plan, driver func(time.Time) (netdrive.Driver, error)) *tape {
	t.Helper()
	rec := newTape()
	e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: driver})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return rec
}

// A server may refuse a message while it comes. It may then hang up, read the rest
// or take no more. The message is rejected each time, for the reason that the server
// gave.
func TestRefusedWhileTheMessageComes(t *testing.T) {
	for name, then := range map[string]func(c net.Conn, r *bufio.Reader) bool{
		"closes": func(net.Conn, *bufio.Reader) bool { return false },
		"says goodbye and closes": func(c net.Conn, _ *bufio.Reader) bool {
			_, _ = io.WriteString(c, "421 bye\r\n")
			return false
		},
		"reads the rest": func(_ net.Conn, r *bufio.Reader) bool {
			for line := ""; line != ".\r\n"; {
				var err error
				if line, err = r.ReadString('\n'); err != nil {
					return false
				}
			}
			return true
		},
		"reads no more": nil,
	} {
		const messages = 4
		var sessions atomic.Int32
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		if then == nil {
			then = func(net.Conn, *bufio.Reader) bool { <-over; return false }
		}
		var served sync.WaitGroup
		served.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				sessions.Add(1)
				served.Go(func() {
					defer c.Close()
					refuseData(c, then)
				})
			}
		})
		p := plan(Load{Sessions: 1, Messages: messages})
		p.Flows[0].Target.Dial = l.Addr().String()
		p.Flows[0].Mail.Size = mail.Size{Median: 16 << 20} // more than the kernel holds
		if name == "reads no more" {
			p.Flows[0].Timeouts.Body = 20 * time.Millisecond
		}
		rec := runOn(t, p, nil)
		_ = l.Close()
		close(over)
		served.Wait()
		if rec.outcomes[sample.Rejected] != messages || rec.failures["body too-big"] != messages || len(rec.failures) != 1 {
			t.Errorf("a server that %s: outcomes %v, failures %v, want %d rejected as too big", name, rec.outcomes, rec.failures, messages)
		}
		if goesOn := name == "reads the rest"; goesOn != (sessions.Load() == 1) || goesOn != (rec.events[sample.SessionCompleted] == 1) {
			t.Errorf("a server that %s: %d sessions, %v", name, sessions.Load(), rec.events)
		}
	}
}

// refuseData speaks SMTP and refuses each message after a thousand octets. Then it
// calls then.
func refuseData(c net.Conn, then func(c net.Conn, r *bufio.Reader) bool) {
	r := bufio.NewReader(c)
	_, _ = io.WriteString(c, "220 here\r\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch strings.Fields(line)[0] {
		case "DATA":
			_, _ = io.WriteString(c, "354 go on\r\n")
			_, _ = io.CopyN(io.Discard, r, 1000)
			_, _ = io.WriteString(c, "552 5.3.4 too big\r\n")
			if !then(c, r) {
				return
			}
		case "QUIT":
			_, _ = io.WriteString(c, "221 bye\r\n")
			return
		default:
			_, _ = io.WriteString(c, "250 ok\r\n")
		}
	}
}

// Under TLS 1.3 a server that wants a certificate says so when the client has
// finished its handshake, and under earlier versions during the handshake.
func TestRefusedHandshakeIsOfTheHandshake(t *testing.T) {
	server := tlsServer(t)
	server.ClientAuth = tls.RequireAnyClientCert
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, mode := range []sample.TLSMode{sample.TLSImplicit, sample.TLSStart} {
			synctest.Test(t, func(t *testing.T) {
				driver := serveEach(t, func(c net.Conn) {
					if mode == sample.TLSStart {
						r := bufio.NewReader(c)
						for _, reply := range []string{"220 here\r\n", "250-here\r\n250 STARTTLS\r\n", "220 go\r\n"} {
							if !strings.HasPrefix(reply, "220 here") {
								_, _ = r.ReadString('\n')
							}
							_, _ = io.WriteString(c, reply)
						}
					}
					_ = tls.Server(c, server).Handshake()
					_, _ = io.Copy(io.Discard, c) // what the client sends meanwhile
				})
				p := plan(Load{Sessions: 1, Messages: 1})
				p.Flows[0].Session.Wire.TLS = mode
				p.Flows[0].Target.TLS = &tls.Config{InsecureSkipVerify: true, MaxVersion: version}
				rec := runOn(t, p, driver)
				if rec.failures["tls tls-handshake"] != 1 || len(rec.failures) != 1 {
					t.Errorf("%s, mode %d: %v", tls.VersionName(version), mode, rec.failures)
				}
			})
		}
	}
}

// When the server has sent something under TLS, a later alert does not belong to
// the handshake.
func TestLaterAlertIsNotOfTheHandshake(t *testing.T) {
	server := tlsServer(t)
	synctest.Test(t, func(t *testing.T) {
		driver := serveEach(t, func(c net.Conn) {
			secured := tls.Server(c, server)
			_, _ = io.WriteString(secured, "220 here\r\n")
			_, _ = bufio.NewReader(secured).ReadString('\n')
			// The client cannot expect an alert in the clear.
			_, _ = c.Write([]byte{21, 3, 3, 0, 2, 2, 80})
			_, _ = io.Copy(io.Discard, c)
		})
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Session.Wire.TLS = sample.TLSImplicit
		p.Flows[0].Target.TLS = &tls.Config{InsecureSkipVerify: true}
		rec := runOn(t, p, driver)
		if rec.failures["ehlo protocol"] != 1 || len(rec.failures) != 1 {
			t.Errorf("%v", rec.failures)
		}
	})
}

// tlsServer makes a server's configuration, with a certificate that nobody trusts.
func tlsServer(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
