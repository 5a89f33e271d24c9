package bus

import (
	"strings"
	"testing"
)

// A join that can never work is an error at once.
func TestParseJoin(t *testing.T) {
	const token = "0123456789abcdef"
	for text, want := range map[string]string{
		"smtpgauge://" + token + "@127.0.0.1:4222":      "",
		"smtpgauge://" + token + "%3Arest@[::1]:4222/":  "",
		"smtpgauge://127.0.0.1:65535":                   "",
		"smtpgauge://" + token + "@127.0.0.1:99999":     "1 to 65535",
		"smtpgauge://" + token + "@127.0.0.1:0":         "1 to 65535",
		"smtpgauge://" + token + ":rest@127.0.0.1:4222": "%3A",
		"smtpgauge://" + token + ":@127.0.0.1:4222":     "%3A",
		"smtpgauge://" + token + "@127.0.0.1":           "HOST:PORT",
		"http://127.0.0.1:4222":                         "smtpgauge://",
	} {
		join, err := ParseJoin(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), token)):
			t.Errorf("%s: %v, want %q", text, err, want)
		case want == "" && strings.Contains(text, "%3A") && join.Token.Secret() != token+":rest":
			t.Errorf("%s: token %q", text, join.Token.Secret())
		}
	}
}
