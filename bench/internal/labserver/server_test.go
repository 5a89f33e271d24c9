package labserver

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// say writes text and reads until the reply to it is whole, replies times.
func say(t *testing.T, c io.Writer, r *bufio.Reader, text string, replies int) string {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for replies > 0 {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", all.String(), err)
		}
		all.WriteString(line)
		if line[3] != '-' {
			replies--
		}
	}
	return all.String()
}

// connect starts a server and a connection to it, for as long as the test lasts.
func connect(t *testing.T, config Config) (*Server, net.Conn) {
	t.Helper()
	s, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return s, c
}

func TestServesPipelinedMail(t *testing.T) {
	s, c := connect(t, Config{})
	r := bufio.NewReader(c)
	say(t, c, r, "", 1)
	if got := say(t, c, r, "EHLO x\r\n", 1); strings.Contains(got, "STARTTLS") {
		t.Errorf("a plain server offers STARTTLS: %q", got)
	}
	long := strings.Repeat("x", 3*maxLine) + ".\r\n"
	say(t, c, r, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n", 3)
	say(t, c, r, "a\r\n..\r\n"+long+".\r\n", 1)
	say(t, c, r, "QUIT\r\n", 1)
	want := Counts{Connections: 1, Messages: 1, Bytes: int64(len("a\r\n..\r\n" + long)), Quits: 1}
	if got := s.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestTurnsToTLS(t *testing.T) {
	config, ca, err := NewTLS()
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := &tls.Config{RootCAs: roots, ServerName: ServerName}
	for _, mode := range []sample.TLSMode{sample.TLSImplicit, sample.TLSStart} {
		t.Run(mode.String(), func(t *testing.T) {
			s, c := connect(t, Config{Mode: mode, TLS: config})
			if mode == sample.TLSStart {
				r := bufio.NewReader(c)
				say(t, c, r, "", 1)
				if got := say(t, c, r, "EHLO x\r\n", 1); !strings.Contains(got, "STARTTLS") {
					t.Fatalf("no STARTTLS in %q", got)
				}
				say(t, c, r, "STARTTLS\r\n", 1)
			}
			secure := tls.Client(c, client)
			r := bufio.NewReader(secure)
			if mode == sample.TLSImplicit {
				say(t, secure, r, "", 1)
			}
			say(t, secure, r, "EHLO x\r\n", 1)
			say(t, secure, r, "QUIT\r\n", 1)
			if got := s.Counts().Handshakes; got != 1 {
				t.Errorf("%d handshakes, want 1", got)
			}
		})
	}
}

func TestDelayKnowsVerbAndSequence(t *testing.T) {
	type call struct {
		verb string
		seq  int64
	}
	var mu sync.Mutex
	var calls []call
	s, err := Start(Config{Delay: func(verb string, seq int64) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, call{verb, seq})
		return 0
	}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	say(t, c, r, "", 1)
	say(t, c, r, "MAIL FROM:<s41@b.test>\r\n", 1)
	say(t, c, r, "RCPT TO:<c@d.test>\r\n", 1)
	say(t, c, r, "DATA\r\n", 1)
	say(t, c, r, ".\r\n", 1)
	say(t, c, r, "QUIT\r\n", 1)
	s.Close()
	want := []call{{"banner", -1}, {"mail", 41}, {"rcpt", 41}, {"data", 41}, {"body", 41}, {"quit", -1}}
	if len(calls) != len(want) {
		t.Fatalf("calls %v, want %v", calls, want)
	}
	for i := range want {
		if calls[i] != want[i] {
			t.Errorf("call %d is %v, want %v", i, calls[i], want[i])
		}
	}
}

func TestSequence(t *testing.T) {
	for argument, want := range map[string]int64{
		"FROM:<s17@example.test> SIZE=1024": 17,
		"FROM:<0@example.test>":             0,
		"FROM:<a12b34@example.test>":        12,
		"FROM:<bench@10.example.test>":      -1,
		"FROM:<>":                           -1,
		"":                                  -1,
	} {
		if got := Sequence(argument); got != want {
			t.Errorf("Sequence(%q) = %d, want %d", argument, got, want)
		}
	}
}

func TestEitherSpreads(t *testing.T) {
	d := Either("body", 5*time.Millisecond, 200*time.Millisecond, 10)
	long := 0
	for seq := range int64(10000) {
		if d("body", seq) == 200*time.Millisecond {
			long++
		}
	}
	if long < 900 || long > 1100 {
		t.Errorf("%d of 10000 are long, want about 1000", long)
	}
	if got := d("mail", 0); got != 0 {
		t.Errorf("MAIL waits %v", got)
	}
}

func TestStallHoldsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Stall{Seq: 3, For: 2 * time.Second, Otherwise: At("body", 5*time.Millisecond)}
		check := func(verb string, seq int64, want time.Duration) {
			t.Helper()
			if got := s.Delay(verb, seq); got != want {
				t.Errorf("%s of %d waits %v, want %v", verb, seq, got, want)
			}
		}
		check("mail", 2, 0)
		check("body", 2, 5*time.Millisecond)
		check("mail", 3, 2*time.Second)
		time.Sleep(500 * time.Millisecond)
		check("body", 1, 1505*time.Millisecond)
		time.Sleep(1500 * time.Millisecond)
		check("mail", 9, 0)
	})
}
