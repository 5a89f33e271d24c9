package smtpsink

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A script has commands, and how long their replies must take.
type script []struct {
	send  string // "" waits for the banner, "TLS" does the handshake
	code  int
	after time.Duration
}

func runScript(t *testing.T, delays map[string]time.Duration, mode sample.TLSMode, steps script) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		s := mustStart(t, Config{
			Listeners: []Listener{{TLS: mode}},
			Accounts:  []Account{{"u", "p"}}, AllowInsecureAuth: true,
			Delays: delays, Hostname: "sink.test",
			open: func(string, string) (net.Listener, error) { return l, nil },
		})
		raw := l.dial()
		defer raw.Close()
		c := textproto.NewConn(raw)
		secure := func() {
			tc := tls.Client(raw, &tls.Config{RootCAs: pool(t, s), ServerName: "localhost", Time: time.Now})
			if err := tc.Handshake(); err != nil {
				t.Fatal(err)
			}
			c = textproto.NewConn(tc)
		}
		for _, step := range steps {
			began := time.Now()
			switch step.send {
			case "":
			case "TLS":
				secure()
			default:
				if err := c.PrintfLine("%s", step.send); err != nil {
					t.Fatal(err)
				}
			}
			if step.code != 0 {
				if _, text, err := c.ReadResponse(step.code); err != nil {
					t.Fatalf("%q: %v %s", step.send, err, text)
				}
			}
			if took := time.Since(began); took != step.after {
				t.Errorf("%q took %v, want %v", step.send, took, step.after)
			}
		}
	})
}

func TestDelaysInClear(t *testing.T) {
	runScript(t, map[string]time.Duration{
		"banner": 1 * time.Millisecond, "ehlo": 2 * time.Millisecond, "auth": 3 * time.Millisecond,
		"mail": 4 * time.Millisecond, "rcpt": 5 * time.Millisecond, "data": 6 * time.Millisecond,
		"body": 7 * time.Millisecond, "rset": 8 * time.Millisecond, "quit": 9 * time.Millisecond,
	}, sample.TLSNone, script{
		{"", 220, 1 * time.Millisecond},
		{"EHLO client.test", 250, 2 * time.Millisecond},
		{"AUTH PLAIN AHUAcA==", 235, 3 * time.Millisecond},
		{"MAIL FROM:<a@example.test>", 250, 4 * time.Millisecond},
		{"RCPT TO:<b@example.test>", 250, 5 * time.Millisecond},
		{"RCPT TO:<c@example.test>", 250, 5 * time.Millisecond},
		{"DATA", 354, 6 * time.Millisecond},
		{"a line\r\n.", 250, 7 * time.Millisecond},
		{"NOOP", 250, 0},
		{"MAIL FROM:<a@example.test>", 250, 4 * time.Millisecond},
		{"RSET", 250, 8 * time.Millisecond},
		{"QUIT", 221, 9 * time.Millisecond},
	})
}

func TestDelaysAroundStartTLS(t *testing.T) {
	runScript(t, map[string]time.Duration{
		"starttls": time.Millisecond, "tls": 2 * time.Millisecond, "ehlo": 3 * time.Millisecond,
	}, sample.TLSStart, script{
		{"", 220, 0},
		{"EHLO client.test", 250, 3 * time.Millisecond},
		{"STARTTLS", 220, time.Millisecond},
		{"TLS", 0, 2 * time.Millisecond},
		{"EHLO client.test", 250, 3 * time.Millisecond},
	})
}

func TestDelaysUnderImplicitTLS(t *testing.T) {
	runScript(t, map[string]time.Duration{
		"tls": time.Millisecond, "banner": 2 * time.Millisecond, "body": 3 * time.Millisecond,
	}, sample.TLSImplicit, script{
		{"TLS", 0, time.Millisecond},
		{"", 220, 2 * time.Millisecond},
		{"EHLO client.test", 250, 0},
		{"MAIL FROM:<>", 250, 0},
		{"RCPT TO:<b@example.test>", 250, 0},
		{"DATA", 354, 0},
		{".", 250, 3 * time.Millisecond},
	})
}

func TestDelayWithoutHookIsRefused(t *testing.T) {
	for _, command := range []string{"data", "quit"} {
		_, err := Start(Config{
			Listeners: []Listener{{Address: "127.0.0.1:0", TLS: sample.TLSStart}},
			Delays:    map[string]time.Duration{command: time.Millisecond},
		})
		if err == nil || !strings.Contains(err.Error(), "delay at "+command) {
			t.Errorf("Start with a delay at %s under TLS: %v; want it refused by name", command, err)
		}
	}
}

// A delay of microseconds does not become one of a millisecond, as with a timer. On a busy
// machine too, at least one of many waits is not disturbed.
func TestShortDelays(t *testing.T) {
	const delay = 20 * time.Microsecond
	s := &Server{delays: map[string]time.Duration{"rcpt": delay}}
	shortest := time.Hour
	for range 1000 {
		began := time.Now()
		s.wait("rcpt")
		shortest = min(shortest, time.Since(began))
	}
	if shortest < delay || shortest > 2*delay {
		t.Errorf("the shortest wait of %v took %v", delay, shortest)
	}
}

// Close must not wait for a delay to pass.
func TestCloseEndsDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		s := mustStart(t, Config{
			Listeners: []Listener{{}}, Hostname: "sink.test",
			Delays: map[string]time.Duration{"banner": time.Hour},
			open:   func(string, string) (net.Listener, error) { return l, nil },
		})
		defer l.dial().Close()
		synctest.Wait()
		began := time.Now()
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("Close took %v, want it at once", took)
		}
	})
}

func mustStart(t *testing.T, c Config) *Server {
	t.Helper()
	s, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func pool(t *testing.T, s *Server) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(s.CAPEM()) {
		t.Fatal("CAPEM holds no certificate")
	}
	return p
}
