package smtpwire

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// greeted takes a client to the reply to EHLO, and returns what it sends then.
func greeted(c *Client, o *Options, cred *Credentials, offer string) []byte {
	c.Start(o, cred)
	c.Established(1)
	c.Receive([]byte("220 hi\r\n"), 2)
	writeAll(c, 4)
	c.Receive([]byte("250-hi\r\n"+offer), 3)
	return writeAll(c, 4)
}

// Whatever the server's challenges are, each response is a line of base64, and the
// exchange ends.
func FuzzChallenge(f *testing.F) {
	for _, s := range []string{
		"", "Username:|Password:", "<1.2@x>", "r=,s=,i=", "r=x,s=AAAA,i=4096|v=AAAA", "r=x,s=AAAA,i=2147483647", "r=x,s=AAAA,i=-1", "e=no", "v=",
		`{"status":"401"}`, "{", "\x00\xff", "||||||||||",
	} {
		f.Add([]byte(s), true)
	}
	f.Add([]byte("not base64"), false)
	f.Fuzz(func(t *testing.T, challenges []byte, encode bool) {
		for _, m := range mechanismNames {
			cred := &Credentials{Mechanism: m.name, Username: "u", Password: "long and secret"}
			var c Client
			first := greeted(&c, &Options{}, cred, "250 AUTH "+m.name+"\r\n")
			if !bytes.HasPrefix(first, []byte("AUTH "+m.name)) {
				t.Fatalf("%s: the client says %q", m.name, first)
			}
			// A SCRAM server must extend the client's nonce.
			_, nonce, _ := strings.Cut(lastWord(first), "r=")
			for _, challenge := range bytes.SplitN(challenges, []byte("|"), 30) {
				challenge = bytes.Replace(challenge, []byte("r=x"), []byte("r="+nonce+"x"), 1)
				if encode {
					challenge = []byte(base64.StdEncoding.EncodeToString(challenge))
				}
				c.Receive(append(append([]byte("334 "), challenge...), "\r\n"...), 5)
				line, whole := strings.CutSuffix(string(writeAll(&c, 4)), "\r\n")
				if c.State() == Ended {
					break
				}
				if _, err := base64.StdEncoding.DecodeString(line); err != nil || !whole {
					t.Fatalf("%s: the response %q", m.name, line)
				}
			}
			c.Receive([]byte("535 no\r\n"), 6)
			if s := c.State(); s != Ended {
				t.Fatalf("%s: state %d after a refusal", m.name, s)
			}
			for _, e := range c.Events() {
				if strings.Contains(e.Failure.Error(), cred.Password) {
					t.Errorf("%s: %v", m.name, &e.Failure)
				}
			}
		}
	})
}

func lastWord(command []byte) string {
	fields := bytes.Fields(command)
	b, _ := base64.StdEncoding.DecodeString(string(fields[len(fields)-1]))
	return string(b)
}

// Whatever EHLO offers, the client keeps bounded lines that are printable, and reads a
// SIZE that is possible.
func FuzzOffer(f *testing.F) {
	for _, s := range []string{
		"PIPELINING", "SIZE 1000", "SIZE", "SIZE -1", "SIZE 99999999999999999999", "SIZE NaN", "SIZE  12 ", "AUTH PLAIN LOGIN", "AUTH=LOGIN", "AUTH", "auth  scram-sha-1",
		"STARTTLS\nCHUNKING\n8BITMIME\nSMTPUTF8", "\x00\x1b[2J\x9b", "\u202e\u2028", " ", "AUTH" + strings.Repeat(" PLAIN", 200), "LIMITS RCPTMAX=1",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		var offer strings.Builder
		for line := range bytes.SplitSeq(lines, []byte("\n")) {
			offer.WriteString("250-" + string(line) + "\r\n")
		}
		var c Client
		greeted(&c, &Options{Capture: true}, &Credentials{Username: "u", Password: "p"}, offer.String()+"250 end\r\n")
		if c.sizeOf < 0 {
			t.Errorf("a SIZE of %d", c.sizeOf)
		}
		for _, line := range c.Hello().Clear {
			if len(line) > maxFailureText || !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("kept of what was offered: %q", line)
			}
		}
	})
}
