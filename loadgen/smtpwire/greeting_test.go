package smtpwire

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestHello(t *testing.T) {
	var c Client
	c.Start(&Options{Capture: true}, nil)
	c.Established(1)
	c.Receive([]byte("220-mx.example.test \x1b[31mESMTP\r\n220 more\r\n"), 2)
	c.Sent(100, 3)
	c.Receive([]byte("250-mx\r\n250-PIPELINING\r\n250 SIZE 1\x00\r\n"), 4)
	want := &sample.Greeting{Banner: "mx.example.test ?[31mESMTP", EHLO: "localhost", Name: "mx", Clear: []string{"PIPELINING", "SIZE 1?"}}
	if !reflect.DeepEqual(c.Hello(), want) {
		t.Errorf("%+v, want %+v", c.Hello(), want)
	}
}

// What is offered before the handshake is separate from what is offered after it. It is
// reported once, when it is complete.
func TestHelloBeforeAndAfterTLS(t *testing.T) {
	var c Client
	c.Start(&Options{Capture: true, TLS: sample.TLSStart}, nil)
	c.Established(1)
	greeted := 0
	say := func(reply string) {
		writeAll(&c, 2)
		c.Receive([]byte(reply), 3)
		for _, e := range c.Events() {
			if e.Kind == Greeted {
				greeted++
			}
		}
	}
	say("220 mx.example.test\r\n")
	say("250-mx\r\n250-SIZE 100\r\n250 STARTTLS\r\n")
	say("220 go on\r\n")
	if c.Secured(); greeted != 0 {
		t.Error("reported before the handshake")
	}
	say("250-mx2 at your service\r\n250-SIZE 100\r\n250 AUTH PLAIN\r\n")
	want := &sample.Greeting{Banner: "mx.example.test", EHLO: "localhost", Name: "mx2", Clear: []string{"SIZE 100", "STARTTLS"}, Secure: []string{"SIZE 100", "AUTH PLAIN"}}
	if greeted != 1 || !reflect.DeepEqual(c.Hello(), want) {
		t.Errorf("reported %d times: %+v, want %+v", greeted, c.Hello(), want)
	}
}

// A secret that begins in the line of the name and ends in an offer is hidden as a whole.
// The offers after it are kept.
func TestHelloHidesWhatTheNameBegins(t *testing.T) {
	cred := &Credentials{Username: "u", Password: "S3cretPassw0rd"}
	var c Client
	c.Start(&Options{Capture: true, Secrets: NewSecrets([]Credentials{*cred})}, cred)
	c.Established(1)
	c.Receive([]byte("220 mx\r\n"), 2)
	writeAll(&c, 3)
	c.Receive([]byte("250-mx S3cretPa\r\n250-ssw0rd\r\n250-HELP\r\n250 AUTH PLAIN\r\n"), 4)
	if got, want := c.Hello().Clear, []string{"HELP", "AUTH PLAIN"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The last line of some servers says nothing, as smtp-sink's.
func TestHelloWithALineOfNothing(t *testing.T) {
	var c Client
	c.Start(&Options{Capture: true}, nil)
	c.Established(1)
	c.Receive([]byte("220 mx\r\n"), 2)
	writeAll(&c, 3)
	c.Receive([]byte("250-mx\r\n250-HELP\r\n250 \r\n"), 4)
	if got, want := c.Hello().Clear, []string{"HELP"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A server that does not offer STARTTLS has introduced itself all the same.
func TestHelloWithoutStartTLS(t *testing.T) {
	var c Client
	c.Start(&Options{Capture: true, TLS: sample.TLSStart}, nil)
	c.Established(1)
	c.Receive([]byte("220 mx\r\n"), 2)
	writeAll(&c, 3)
	c.Receive([]byte("250-mx\r\n250 HELP\r\n"), 4)
	if !slices.ContainsFunc(c.Events(), func(e Event) bool { return e.Kind == Greeted }) || c.State() != Ended {
		t.Errorf("not reported, in state %d", c.State())
	}
}

// The reply to HELO has the server's name, and offers nothing.
func TestHelloAfterHELO(t *testing.T) {
	var c Client
	c.Start(&Options{Capture: true, Name: "load.example.test"}, nil)
	c.Established(1)
	c.Receive([]byte("220 mx\r\n"), 2)
	writeAll(&c, 3)
	c.Receive([]byte("502 what\r\n"), 4)
	writeAll(&c, 5)
	c.Receive([]byte("250-old.example.test, hello\r\n250 SIZE 1\r\n"), 6)
	if want := (&sample.Greeting{Banner: "mx", EHLO: "load.example.test", Name: "old.example.test,"}); !reflect.DeepEqual(c.Hello(), want) {
		t.Errorf("%+v, want %+v", c.Hello(), want)
	}
}

// A text of somebody else's is as harmless as a reply, however long it is.
func TestForeignLine(t *testing.T) {
	var c Client
	c.Start(&Options{}, &Credentials{Username: "u", Password: "S3cretPassw0rd"})
	for text, want := range map[string]string{
		"mx.example.test":          "mx.example.test",
		"mx \x1b[2J\nnext":         "mx ?[2J",
		"is S3cretPassw0rd":        "is " + Redacted,
		strings.Repeat("x", 1<<20): strings.Repeat("x", maxFailureText),
		strings.Repeat("x", 190) + "\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e\u202e": strings.Repeat("x", 190) + "??????????",
	} {
		if got := c.Line(text); got != want {
			t.Errorf("%.40q becomes %.80q, want %.80q", text, got, want)
		}
	}
}
