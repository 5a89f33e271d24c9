package smtpsink

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestParseListener(t *testing.T) {
	for in, want := range map[string]Listener{
		"127.0.0.1:2525,starttls": {Network: "tcp", Address: "127.0.0.1:2525", TLS: sample.TLSStart},
		"127.0.0.1:2525":          {Network: "tcp", Address: "127.0.0.1:2525", TLS: sample.TLSStart},
		"127.0.0.1:2525,none":     {Network: "tcp", Address: "127.0.0.1:2525"},
		"[::1]:465":               {Network: "tcp", Address: "[::1]:465", TLS: sample.TLSImplicit},
		":25":                     {Network: "tcp", Address: "127.0.0.1:25"},
		"587":                     {Network: "tcp", Address: "127.0.0.1:587", TLS: sample.TLSStart},
		"0.0.0.0:0,implicit":      {Network: "tcp", Address: "0.0.0.0:0", TLS: sample.TLSImplicit},
		"unix:/run/lmtp,lmtp":     {Network: "unix", Address: "/run/lmtp", LMTP: true},
		"2400,starttls,lmtp":      {Network: "tcp", Address: "127.0.0.1:2400", TLS: sample.TLSStart, LMTP: true},
	} {
		got, err := ParseListener(in)
		if err != nil || got != want {
			t.Errorf("ParseListener(%q) = %+v, %v; want %+v", in, got, err, want)
		}
		if again, err := ParseListener(got.String()); err != nil || again != got {
			t.Errorf("ParseListener(%q) = %+v, %v; want it to read its own String", got.String(), again, err)
		}
	}
}

func TestParseListenerSaysWhatWouldBeRight(t *testing.T) {
	for in, hint := range map[string]string{
		"127.0.0.1:2525,tls":    "none, starttls or implicit",
		"127.0.0.1:smtp":        "a number from 0",
		"127.0.0.1:70000":       "65535",
		"::1:25":                "HOST:PORT",
		"unix:":                 "unix:/path",
		"127.0.0.1:25,none,":    "none, starttls or implicit",
		"127.0.0.1:-1,implicit": "65535",
	} {
		if _, err := ParseListener(in); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("ParseListener(%q) = %v; want an error with %q", in, err, hint)
		}
	}
}

func TestParseDelay(t *testing.T) {
	command, d, err := ParseDelay("rcpt=3ms")
	if command != "rcpt" || d != 3*time.Millisecond || err != nil {
		t.Errorf("ParseDelay(rcpt=3ms) = %q, %v, %v", command, d, err)
	}
	for in, hint := range map[string]string{
		"rcpt":       "COMMAND=DURATION",
		"rcpt=3":     "3ms",
		"rcpt=-3ms":  "negative",
		"vrfy=3ms":   "banner, tls, ehlo",
		"connect=1s": "use banner",
	} {
		if _, _, err := ParseDelay(in); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("ParseDelay(%q) = %v; want an error with %q", in, err, hint)
		}
	}
}
