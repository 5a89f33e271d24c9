package scenarios

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What people write who do not know the format yet, and what they are told.
func TestHints(t *testing.T) {
	flow := func(options string) string {
		return "name: a\ntarget: {host: sink}\nflows:\n  relay: {port: 25, load: {sessions: 1, duration: 1s}, " + options + "}\n"
	}
	load := func(options string) string {
		return "name: a\ntarget: {host: sink}\nflows:\n  relay: {port: 25, load: {" + options + "}}\n"
	}
	target := func(line string) string {
		return "name: a\n" + line + "\nflows:\n  relay: {port: 25, load: {sessions: 1, duration: 1s}}\n"
	}
	for name, test := range map[string]struct{ source, want string }{
		"target as text":     {target("target: 127.0.0.11"), `a.yaml:2:9: target: want a mapping, found text: say target: {host: mail.example.test}`},
		"scheme":             {target("target: {host: 'smtp://mail.example.test'}"), `a.yaml:2:16: host: want a host name, an IP address, or "sink", found "smtp://mail.example.test": leave out smtp://: port and tls are options of the flow`},
		"server":             {target("target: {server: mail.example.test}"), `a.yaml:2:10: unknown field "server" in target: say host; known are`},
		"tls of the target":  {target("target: {host: sink, tls: true}"), `a.yaml:2:27: tls: want a mapping, found true or false: say tls: {ca: FILE}; whether sessions use TLS is an option of the flow`},
		"tls: true":          {flow("tls: true"), `a.yaml:4:61: tls: want one of none, starttls, implicit, found true: say how: starttls is usual on 25, 587 and 2525, implicit on 465`},
		"tls: 'true'":        {flow("tls: 'true'"), `found "true": say how: starttls is usual`},
		"tls: false":         {flow("tls: false"), `found false: say none`},
		"tls: ssl":           {flow("tls: ssl"), `found "ssl": say implicit for TLS from the first byte, or starttls`},
		"user in auth":       {flow("auth: {user: a, password: b}"), `a.yaml:4:63: unknown field "user" in auth: say username; known are`},
		"pass in auth":       {flow("auth: {username: a, pass: b}"), `unknown field "pass" in auth: say password; known are`},
		"user in a flow":     {flow("user: a"), `unknown field "user" in flow: say username, which is an option of auth; known are`},
		"username in a flow": {flow("username: a"), `unknown field "username" in flow: it is an option of auth; known are`},
		"source in a flow":   {flow("source: [127.0.0.1]"), `unknown field "source" in flow: it is an option of target; known are`},
		"sessions in a flow": {flow("sessions: 5"), `unknown field "sessions" in flow: it is an option of load; known are`},
		"seed in a flow":     {flow("seed: 5"), `unknown field "seed" in flow: it is an option of scenario; known are`},
		"misspelt":           {flow("sesion: {}"), `unknown field "sesion" in flow: did you mean "session"? known are`},
		"auth as text":       {flow("auth: bench"), `auth: want a mapping, found text: say auth: {username: NAME, password: "${env:NAME}"}`},
		"vus":                {load("vus: 5, duration: 1s"), `unknown field "vus" in load: say sessions; known are`},
		"stage's duration":   {load("stages: [{duration: 1s, rate: 5 messages/s}]"), `unknown field "duration" in stage: say for; known are`},
		"stage's target":     {load("stages: [{for: 1s, target: 5}]"), `unknown field "target" in stage: say rate, or from and to; known are`},
		"per m":              {load("rate: 5 messages/m, duration: 1s"), `found "5 messages/m": rates are by s, min or h, not by "m"`},
		"tab":                {"name: a\ntarget:\n\thost: sink\n", "a.yaml:3:1: not YAML: a tab indents this line: YAML takes blanks alone"},
		"tab after blanks":   {"name: a\ntarget:\n  tls:\n  \tca: a\n", "a.yaml:4:3: not YAML: a tab indents this line"},
		"bare variable":      {flow("auth: {username: a, password: ${env:B}}"), `a.yaml:4:86: not YAML: put quotes around a value with ${...} in it, since braces mean something in YAML: "${env:NAME}"`},
	} {
		_, err := Parse("a.yaml", []byte(test.source), testOptions())
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: want %q in %v", name, test.want, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: want one fault: %v", name, err)
		}
	}
}

// A minute is min in rates and m in durations: durations take both.
func TestMinutes(t *testing.T) {
	p := mustParse(t, base, "flows.relay.load.duration=1min", "warmup=1min30s")
	equal(t, "duration", p.Flows[0].Load.Duration.String(), "1m0s")
	equal(t, "warmup", p.Warmup.String(), "1m30s")
}

// A password that looks like a shell's variable is one, and a note says what would be
// the variable. It does not repeat the password.
func TestShellVariableIsNoted(t *testing.T) {
	for password, noted := range map[string]bool{"$SMTP_PASSWORD": true, "$1x": false, "a$b": false, "${env:SMTP_PASSWORD}": false} {
		s, err := Parse("a.yaml", []byte(base), testOptions("flows.relay.auth={username: u, password: '"+password+"'}"))
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(s.Notes(), "\n")
		if got := strings.Contains(notes, "password begins with $ and is used as it stands: ${env:NAME} is an environment variable"); got != noted || strings.Contains(notes, "SMTP_PASSWORD") {
			t.Errorf("%s: %q", password, notes)
		}
	}
}

// Blanks after the commas of a CSV file are no part of a value; those in quotes are.
func TestBlanksInTables(t *testing.T) {
	o := LoadOptions{FS: fstest.MapFS{"a.csv": {Data: []byte("username, password\nada, one\ngrace,\" two\"\n")}}}
	o.Set = []string{"flows.relay.auth={mechanism: PLAIN, accounts: a.csv}"}
	s, err := Parse("a.yaml", []byte(base), o)
	if err != nil {
		t.Fatal(err)
	}
	accounts := s.Plan().Flows[0].Session.Accounts
	equal(t, "passwords", []string{accounts[0].Password, accounts[1].Password}, []string{"one", " two"})
}
