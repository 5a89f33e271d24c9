//go:build unix

package scenarios

import (
	"fmt"
	"os"
	"testing"
)

// A secret from <(command) can be read only once, and all flows can use it.
func TestPipeIsReadOnce(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("LEAK-1\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	s, err := Parse("s.yaml", fmt.Appendf(nil, `name: pipe
target: {host: sink}
defaults:
  load: {sessions: 1, duration: 1s}
  auth: {username: ada, password: "${file:/dev/fd/%d}"}
flows:
  a: {port: 587}
  b: {port: 465}
`, r.Fd()), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Plan().Flows {
		equal(t, f.Name, f.Session.Accounts[0].Password, "LEAK-1")
	}
}
