package console

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestWrapped(t *testing.T) {
	const text = `Runs a scenario and
prints what it measured, all of it.

Usage:
  c run SCENARIO [flags]

Exit codes:
  0    the run is valid
  3    a threshold was missed, or
       a comparison found more

Examples:
  c run relay.yaml --set flows.relay=5
  c run b

Flags:
  -h, --help       help
      --agents N   start the run once there are so many
`
	const want = `Runs a scenario and prints
what it measured, all of it.

Usage:
  c run SCENARIO [flags]

Exit codes:
  0    the run is valid
  3    a threshold was missed,
       or a comparison found
       more

Examples:
  c run relay.yaml --set \
    flows.relay=5
  c run b

Flags:
  -h, --help       help
      --agents N
          start the run once
          there are so many
`
	if got := Wrapped(text, 30); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := Wrapped(text, 200); !strings.Contains(got, "more\n") || strings.Contains(got, "scenario and\n") {
		t.Errorf("wide:\n%s", got)
	}
}

// What is written to a terminal breaks between words; elsewhere it stays as it is.
func TestMessagesBreakBetweenWords(t *testing.T) {
	var out bytes.Buffer
	c := New(&out)
	const message = "hint: start the server, or give the HOST:PORT where it listens"
	fmt.Fprintln(c, message)
	c.size = func() (int, int) { return 30, 24 }
	fmt.Fprintf(c, "%s\nshort\n", message)
	c.Flush()
	want := []string{message, "hint: start the server, or", "  give the HOST:PORT where it", "  listens", "short"}
	if got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
