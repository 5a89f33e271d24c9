package bus

import (
	"strings"
	"testing"
)

// URLs that can never work are errors at once, and give no password away.
func TestCheckServers(t *testing.T) {
	for text, want := range map[string]string{
		"nats://127.0.0.1":                         "",
		"nats.example.test":                        "",
		"nats.example.test:4222":                   "",
		"tls://nats.example.test:4222, nats://b/":  "",
		"ws://a,wss://b:443":                       "",
		"nats://s3cret@[::1]:4222":                 "",
		"tls://gauge:s3cret%2Fx@nats.example.test": "",
		"http://nats.example.test:4222":            "http:// is no scheme of NATS servers: want one of nats://, tls://, ws://, wss://",
		"smtpgauge://s3cret@127.0.0.1:4222":        "is no scheme of NATS servers",
		"NATS://a":                                 "",
		"":                                         "names no host",
		"nats://":                                  "names no host",
		"nats://:4222":                             "names no host",
		"nats://s3cret@":                           "names no host",
		"nats://a,":                                "names no host",
		"nats://a,,tls://b":                        "names no host",
		"nats://a b":                               "want SCHEME://HOST:PORT",
		"nats://a\x1b[2J":                          "want SCHEME://HOST:PORT",
		"nats://a:4222/path":                       "want SCHEME://HOST:PORT",
		"nats://gauge:s3cret/x@127.0.0.1:4222":     "%2F",
		"nats://s3cret#x@127.0.0.1:4222":           "%23",
		"nats://s3cret?x@127.0.0.1:4222":           "%3F",
		"nats://a:port":                            "want SCHEME://HOST:PORT",
		"nats://a:0":                               "1 to 65535",
		"nats://a:65536":                           "1 to 65535",
		"nats://a,ws://b":                          "cannot be combined",
	} {
		err := CheckServers(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret")):
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
