package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// Every way in which a secret can come in, and one secret in the wrong place.
const secretive = `name: secretive
target: {host: sink}
defaults: {load: {sessions: 1, duration: 1s}, port: 587}
flows:
  literal: {auth: {username: ada, password: LEAK-literal}}
  env: {auth: {username: "${env:LEAK_USER}", password: "${env:LEAK_ENV}"}}
  mixed: {auth: {username: ada, password: "LEAK-prefix-${env:LEAK_ENV}$$x$y"}}
  file: {auth: {mechanism: XOAUTH2, username: ada, token: "${file:secrets/token}"}}
  pool: {auth: {mechanism: PLAIN, accounts: secrets/accounts.csv}}
`

func secretOptions(set ...string) LoadOptions {
	return LoadOptions{
		Set: set,
		FS: fstest.MapFS{
			"dir/s.yaml":               {Data: []byte(secretive)},
			"dir/secrets/token":        {Data: []byte("LEAK-token\r\n")},
			"dir/secrets/accounts.csv": {Data: []byte("username,password\nada,LEAK-account\n")},
		},
		LookupEnv: func(name string) (string, bool) {
			v, ok := map[string]string{"LEAK_ENV": "LEAK-env", "LEAK_USER": "LEAK-user"}[name]
			return v, ok
		},
	}
}

func TestSecretsArriveWhereTheyBelong(t *testing.T) {
	s, err := Load("dir/s.yaml", secretOptions())
	if err != nil {
		t.Fatal(err)
	}
	p := s.Plan()
	for i, want := range []string{"LEAK-literal", "LEAK-env", "LEAK-prefix-LEAK-env$x$y", "LEAK-token", "LEAK-account"} {
		equal(t, p.Flows[i].Name, p.Flows[i].Session.Accounts[0].Password, want)
		equal(t, p.Flows[i].Name+", whose name is private", p.Flows[i].Session.Accounts[0].Private, i == 1)
	}
	equal(t, "user", p.Flows[1].Session.Accounts[0].Username, "LEAK-user")
	equal(t, "accounts of the sink", len(s.SinkAccounts()), 2) // ada, once, and the one of the environment
}

func TestSecretsAreShownNowhere(t *testing.T) {
	s, err := Load("dir/s.yaml", secretOptions("flows.literal.auth.password=LEAK-set"))
	if err != nil {
		t.Fatal(err)
	}
	marshalled, err := json.Marshal([]any{s})
	if err != nil {
		t.Fatal(err)
	}
	text := "LEAK-secret"
	hidden := secret{&text}
	asJSON, err := json.Marshal(map[string]any{"a": hidden, "b": &hidden})
	if err != nil {
		t.Fatal(err)
	}
	for what, shown := range map[string]string{
		"resolved": string(s.Plan().Scenario),
		"json":     string(marshalled),
		"%v":       fmt.Sprintf("%v %s %q", s, s, s),
		"%+v":      fmt.Sprintf("%+v %+v", s, *s),
		"%#v":      fmt.Sprintf("%#v %#v", s, *s),
		"secret":   fmt.Sprintf("%v %+v %#v %s %q %x %d %v", hidden, hidden, hidden, hidden, hidden, hidden, hidden, struct{ s secret }{hidden}),
		"String":   hidden.String() + string(asJSON),
		"auth":     fmt.Sprintf("%v %+v %#v", auth{password: hidden}, auth{password: hidden}, auth{password: hidden}),
	} {
		if strings.Contains(shown, "LEAK-") {
			t.Errorf("%s shows a secret: %s", what, shown)
		}
	}
	// The reference to a secret is no secret, and is shown.
	for _, want := range []string{"${env:LEAK_ENV}", "${env:LEAK_USER}", "${file:secrets/token}", "secrets/accounts.csv", redacted} {
		if resolved := string(s.Plan().Scenario); !strings.Contains(resolved, want) {
			t.Errorf("the resolved scenario does not say %s: %s", want, resolved)
		}
	}
}

// A password in the wrong place, or of the wrong type, is a fault that does
// not repeat it.
func TestFaultsDoNotShowPasswords(t *testing.T) {
	for _, set := range []string{
		"flows.literal.auth=LEAK-1", "flows.literal.auth.password=[LEAK-1]", "flows.literal.auth.password={LEAK-1: x}",
		"flows.literal.auth.password=*LEAK-1", "flows.literal.auth.password=!LEAK-1 x", "flows.literal.auth.password=${LEAK-1}",
		"flows.literal.auth.password=${LEAK-1", "flows.literal.auth.token=LEAK-1", "flows.literal.auth.pasword=LEAK-1",
		"flows.literal.auth.password=1234567", "flows.literal.auth.password=\"LEAK-1\\n\"",
		"flows.env.auth.password=${env:NO_SUCH}", "flows.file.auth.token=${file:nosuch}", "LEAK-1",
		"flows.env.auth.password=[\"LEAK-1", "flows.env.auth.username=LEAK-1: x: y",
	} {
		_, err := Load("dir/s.yaml", secretOptions(set))
		var faults tree.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%s: no fault: %v", set, err)
			continue
		}
		for _, secret := range []string{"LEAK-", "1234567"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: shown in %v", set, err)
			}
		}
	}
}

func TestSecretFiles(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"plain":        {"LEAK-1", ""},
		"line end":     {"LEAK-1\n", ""},
		"CRLF":         {"LEAK-1\r\n", ""},
		"CR CR LF":     {"LEAK-1\r\r\n", ""},
		"UTF-8 mark":   {"\xef\xbb\xbfLEAK-1\r\n", ""},
		"UTF-16":       {utf16("LEAK-1\r\n"), ""},
		"UTF-16, bare": {strings.TrimPrefix(utf16("LEAK-1\r\n"), "\xff\xfe"), ""},

		"two line ends": {"LEAK-1\n\n", "s.yaml:9:37: password has a line end or NUL in it"},
		"two lines":     {"LEAK-1\nLEAK-2\n", "s.yaml:9:37: password has a line end or NUL in it"},
		"NUL":           {"LEAK-1\x00\n", "s.yaml:9:37: password has a line end or NUL in it"},
		"latin 1":       {"LEAK-caf\xe9\n", "s.yaml:9:37: password is not UTF-8"},
		"empty":         {"", "s.yaml:9:37: p.txt: is empty"},
		"a mark":        {"\xef\xbb\xbf", "s.yaml:9:37: p.txt: is empty"},
		"a line end":    {"\r\n", "s.yaml:9:37: password is empty"},
		"cut":           {"\xff\xfeL\x00E", "s.yaml:9:37: p.txt: is UTF-16 that breaks off"},
		"too large":     {strings.Repeat("x", maxSecret+1), "s.yaml:9:37: p.txt: is larger than 65536 octets"},
	} {
		fsys := fstest.MapFS{"p.txt": {Data: []byte(test.text)}}
		s, err := Parse("s.yaml", withFile(`auth: {username: ada, password: "${file:p.txt}"}`+"\n    tls: starttls"), LoadOptions{FS: fsys})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want == "":
			equal(t, name, s.Plan().Flows[0].Session.Accounts[0].Password, "LEAK-1")
		case err == nil || err.Error() != test.want && !strings.HasPrefix(err.Error(), test.want):
			t.Errorf("%s: want %q: %v", name, test.want, err)
		case strings.Contains(err.Error(), "LEAK"):
			t.Errorf("%s: shown in %v", name, err)
		}
	}
}
