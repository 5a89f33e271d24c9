package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/cmd/smtpgauge/internal/console"
)

// An agent whose server starts later says what is not there, in one line, and goes on.
func TestServerThatStartsLater(t *testing.T) {
	var stderr bytes.Buffer
	f := agentFlags{watch: []string{"no-such-server", "no-other"}, later: true}
	c := console.New(&stderr)
	if err := f.find(streams{err: c}); err != nil {
		t.Fatal(err)
	}
	c.Flush()
	if text := stderr.String(); !strings.HasPrefix(text, "not there yet, and looked for again when a run begins: ") || strings.Count(text, "\n") != 1 {
		t.Errorf("%q", text)
	}
}
