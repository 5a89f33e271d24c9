package smtpsink

import (
	"bytes"
	"strings"
	"testing"
)

// Whatever a client responds, it needs the password to get in, and no exchange goes on for
// ever.
func FuzzSASL(f *testing.F) {
	for _, s := range []string{
		"|", "||", "\x00u\x00p", "u|p", "u d41d8cd98f00b204e9800998ecf8427e", "user=u\x01auth=Bearer p\x01\x01", "user=u\x01auth=Bearer x\x01\x01|",
		"n,a=u,\x01auth=Bearer p\x01\x01", "n,,n=u,r=abc|c=biws,r=abc,p=AAAA|", "p=tls-unique,,n=u,r=abc", "n,,n=u,r=|", "n,,n==2C=3D,r=a,m=x",
	} {
		f.Add([]byte(s))
	}
	a, err := newAccounts([]Account{{Username: "u", Password: "hard to guess"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		if strings.Contains(string(said), "hard to guess") {
			return
		}
		for _, mechanism := range a.mechanisms() {
			server, err := a.server(mechanism)
			if err != nil {
				t.Fatal(err)
			}
			response := []byte(nil)
			over := false
			for _, next := range bytes.SplitN(said, []byte("|"), 20) {
				_, done, err := server.Next(response)
				if done && err == nil {
					t.Fatalf("%s: %q gets in", mechanism, said)
				}
				if over = done || err != nil; over {
					break
				}
				response = next
			}
			for n := 0; !over; n++ {
				_, done, err := server.Next([]byte("x"))
				if over = done || err != nil; n > 10 {
					t.Fatalf("%s: %q never ends", mechanism, said)
				}
			}
		}
	})
}

func FuzzListener(f *testing.F) {
	for _, s := range append(strings.Fields("25 :25 127.0.0.1:2525,starttls [::1]:465,implicit,lmtp unix:/tmp/x,none unix:, 1,2 ,,, host:+25 0:-0 65536 [::1 ::1:25"), "", " 25", "a b:25") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseListener(s)
		if err != nil {
			return
		}
		again, err := ParseListener(l.String())
		if err != nil || again != l {
			t.Errorf("%q is %v, and read again %v, %v", s, l, again, err)
		}
	})
}

func FuzzDelay(f *testing.F) {
	for _, s := range []string{"rcpt=3ms", "body=1h", "connect=1s", "rcpt=-1ms", "rcpt", "=1s", "rcpt==1s", "quit=1e9s", "rcpt=9999999999h", "RCPT=1s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if command, d, err := ParseDelay(s); err == nil && (d < 0 || !strings.HasPrefix(s, command+"=")) {
			t.Errorf("%q is %s for %v", s, command, d)
		}
	})
}
