package smtpsink

import (
	"bytes"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Postmaster gets a domain as a recipient, and nowhere else, in whatever pieces the octets
// come.
func TestCommands(t *testing.T) {
	for _, tt := range []struct{ said, heard string }{
		{"RCPT TO:<Postmaster>\r\nQUIT\r\n", "RCPT TO:<Postmaster@localhost>\r\nQUIT\r\n"},
		{"rcpt to:<POSTMASTER> NOTIFY=NEVER\r\n", "rcpt to:<POSTMASTER@localhost> NOTIFY=NEVER\r\n"},
		{"MAIL FROM:<>\nRCPT TO:<postmaster>\nRCPT TO:<a@x.test>\n", "MAIL FROM:<>\nRCPT TO:<postmaster@localhost>\nRCPT TO:<a@x.test>\n"},
		{"RCPT TO:<postmaster@x.test>\r\n", "RCPT TO:<postmaster@x.test>\r\n"},
		{"RCPT TO:<postmaster", "RCPT TO:<postmaster"},
		{"BDAT 22 LAST\r\nRCPT TO:<Postmaster>\r\nRCPT TO:<Postmaster>\r\n", "BDAT 22 LAST\r\nRCPT TO:<Postmaster>\r\nRCPT TO:<Postmaster@localhost>\r\n"},
		{"BDAT x\r\nRCPT TO:<Postmaster>\r\n", "BDAT x\r\nRCPT TO:<Postmaster@localhost>\r\n"},
		{"DATA\r\nRCPT TO:<Postmaster>\r\n.\r\n", "DATA\r\nRCPT TO:<Postmaster>\r\n.\r\n"},
	} {
		for name, reader := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "in octets": iotest.OneByteReader, "in halves": iotest.HalfReader} {
			if got := passed(t, reader(strings.NewReader(tt.said)), 7); got != strings.TrimSuffix(tt.heard, "RCPT TO:<postmaster") {
				t.Errorf("%s: %q gives %q, want %q", name, tt.said, got, tt.heard)
			}
		}
	}
}

// passed returns what commands pass on, to a reader that reads n octets at a time.
func passed(t *testing.T, r io.Reader, n int) string {
	t.Helper()
	var c commands
	var b strings.Builder
	for p := make([]byte, n); ; {
		k, err := c.read(r, p)
		b.Write(p[:k])
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// After the reply to a message's content, commands come again.
func TestCommandsAfterContent(t *testing.T) {
	var c commands
	p := make([]byte, 100)
	for _, step := range []struct{ said, heard string }{
		{"RCPT TO:<Postmaster>\r\nDATA\r\n", "RCPT TO:<Postmaster@localhost>\r\nDATA\r\n"},
		{"", ""}, {"", ""}, // the replies to both
		{"RCPT TO:<Postmaster>\r\n.\r\n", "RCPT TO:<Postmaster>\r\n.\r\n"},
		{"", ""},
		{"RCPT TO:<Postmaster>\r\n", "RCPT TO:<Postmaster@localhost>\r\n"},
	} {
		if step.said == "" {
			c.replied()
			continue
		}
		n, err := c.read(strings.NewReader(step.said), p)
		if got := string(p[:n]); err != nil || got != step.heard {
			t.Errorf("%q gives %q, %v; want %q", step.said, got, err, step.heard)
		}
	}
}

func FuzzCommands(f *testing.F) {
	f.Add([]byte("EHLO x\r\nRCPT TO:<Postmaster>\r\nBDAT 5\r\nxxxxxDATA\r\n"), uint8(3))
	f.Fuzz(func(t *testing.T, said []byte, n uint8) {
		got := passed(t, bytes.NewReader(said), int(n)+1)
		without := func(text string) string { return strings.ReplaceAll(text, itsDomain, "") }
		if !strings.HasPrefix(without(string(said)), without(got)) {
			t.Errorf("%q gives %q", said, got)
		}
	})
}

// The sink follows the RFCs in what go-smtp does in another way.
func TestPostmasterAndWrongBase64(t *testing.T) {
	s := mustStart(t, Config{Listeners: []Listener{{Address: "127.0.0.1:0"}}, Accounts: []Account{account}, AllowInsecureAuth: true})
	c := connect(t, s, 0, sample.TLSNone)
	if err := c.SendMail("s@example.test", []string{"a@example.test"}, strings.NewReader("RCPT TO:<Postmaster>\r\n")); err != nil {
		t.Fatal(err)
	}
	raw, err := net.Dial("tcp", s.Addrs()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	conn := textproto.NewConn(raw)
	defer conn.Close()
	if _, _, err := conn.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		say  string
		code int
	}{
		{"EHLO x", 250},
		{"AUTH PLAIN !!!", 501},
		{"AUTH LOGIN", 334},
		{"no base64", 501},
		{"MAIL FROM:<s@example.test>", 250},
		{"RCPT TO:<Postmaster>", 250},
		{"DATA", 354},
		{"RCPT TO:<Postmaster>\r\n.", 250},
		{"MAIL FROM:<s@example.test>", 250},
		{"RCPT TO:<postmaster>", 250},
	} {
		if err := conn.PrintfLine("%s", step.say); err != nil {
			t.Fatal(err)
		}
		if code, text, _ := conn.ReadResponse(0); code != step.code {
			t.Errorf("%q: %d %s, want %d", step.say, code, text, step.code)
		}
	}
	if got := s.Counts(); got.Messages != 2 || got.Octets != 2*int64(len("RCPT TO:<Postmaster>\r\n")) {
		t.Errorf("counts %+v", got)
	}
}
