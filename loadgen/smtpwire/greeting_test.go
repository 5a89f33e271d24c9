package smtpwire

import (
	"reflect"
	"slices"
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
	want := &sample.Greeting{Banner: "mx.example.test ?[31mESMTP", Clear: []string{"PIPELINING", "SIZE 1?"}}
	if !reflect.DeepEqual(c.Hello(), want) {
		t.Errorf("%q, want %q", c.Hello(), want)
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
	say("250-mx\r\n250-SIZE 100\r\n250 AUTH PLAIN\r\n")
	want := &sample.Greeting{Banner: "mx.example.test", Clear: []string{"SIZE 100", "STARTTLS"}, Secure: []string{"SIZE 100", "AUTH PLAIN"}}
	if greeted != 1 || !reflect.DeepEqual(c.Hello(), want) {
		t.Errorf("reported %d times: %q, want %q", greeted, c.Hello(), want)
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
