package scenarios

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/printable"
)

// Text that does not print, and text that YAML takes for something else, is the same
// text when the resolved scenario is read again.
func TestYAMLKeepsTexts(t *testing.T) {
	for _, text := range []string{"t\u202eab", "a\tb", "two\nlines", "##vso[task]x", "yes", "no", "=", "1.0", "null", "~", "::error::x", "\\x1b", "\u2028", "'", `"`, "# no comment", "- x", "a: b"} {
		p := mustParse(t, string(quotedDescription(t, text)))
		yaml, err := YAML(p)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, text, string(mustParse(t, string(yaml)).Scenario), string(p.Scenario))
		equal(t, text+" on a terminal", string(mustParse(t, harmless(string(yaml))).Scenario), string(p.Scenario))
	}
}

// quotedDescription is a scenario with a description.
func quotedDescription(t *testing.T, text string) []byte {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte("name: x\ntarget: {host: 127.0.0.1}\nflows: {f: {port: 25, load: {sessions: 1, messages: 1}}}\ndescription: "), quoted...)
}

// harmless is a text as the command prints it.
func harmless(text string) string {
	var b bytes.Buffer
	_, _ = printable.NewWriter(&b).Write([]byte(text)) // a buffer takes it
	return b.String()
}
