//go:build linux

package harness

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/bench/internal/labserver"
	"github.com/smtpgauge/smtpgauge/bench/internal/yardstick"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

func TestChoosing(t *testing.T) {
	c := Choice[string]{Noun: "check", All: []string{"a", "b"}, Name: func(s string) string { return s }}
	for list, want := range map[string][]string{"": {"a", "b"}, "b": {"b"}, "b,a": {"b", "a"}} {
		if got, err := c.Choose(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q chooses %q, %v; want %q", list, got, err, want)
		}
	}
	if _, err := c.Choose("b,c"); err == nil || err.Error() != `no check "c": there are a, b` {
		t.Errorf("%v", err)
	}
	// A caller may change what it chose. The list stays as it is.
	all, _ := c.Choose("")
	if all[0] = "z"; c.All[0] != "a" {
		t.Error("a choice of all is all themselves")
	}
}

func TestSpread(t *testing.T) {
	if got := Over([]float64{5, 1, 3}); got != (Spread{3, 1, 5}) {
		t.Errorf("%v", got)
	}
	if got := Over([]float64{4, 1, 2, 3}).Format(1); got != "2.5 (1.0–4.0)" {
		t.Errorf("%v", got)
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range []struct {
		script string
		ok     bool
	}{
		{"echo result", true},
		{"echo result; exit 1", true},
		{"echo result; exit 3", true},
		{"echo why >&2; exit 1", false}, // nothing came of it
		{"echo result; exit 2", false},
		{"echo result; kill -9 $$", false},
	} {
		out, err := Outcome(exec.CommandContext(t.Context(), "sh", "-c", c.script))
		if (err == nil) != c.ok || c.ok && string(out) != "result\n" {
			t.Errorf("%s: %q, %v", c.script, out, err)
		}
	}
	_, err := Outcome(exec.CommandContext(t.Context(), "sh", "-c", "echo why >&2; exit 1"))
	if err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("%v: want what was said on stderr", err)
	}
}

func TestFlagsChooseAndOpen(t *testing.T) {
	c := Choice[string]{Noun: "check", All: []string{"a", "b"}, Name: func(s string) string { return s }}
	flags := flag.NewFlagSet("harness", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	runs := flags.Int("runs", 1, "")
	b, chosen, err := c.Open(t.Context(), flags, "only", []string{"-only", "b", "-runs", "7", "-ours", "echo"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !slices.Equal(chosen, []string{"b"}) || *runs != 7 || b.Ours != "echo" || !strings.HasPrefix(filepath.Base(b.Dir), "harness-") {
		t.Errorf("chose %q, %d runs, %+v", chosen, *runs, b)
	}
	flags = flag.NewFlagSet("harness", flag.ContinueOnError)
	if _, _, err := c.Open(t.Context(), flags, "only", []string{"-only", "c", "-ours", "echo"}); err == nil {
		t.Error("a check that is none was chosen")
	}
}

// open opens a bench with a program of that name in place of smtpgauge.
func open(t *testing.T, ours string) *Bench {
	t.Helper()
	b, err := Open(t.Context(), "harness", ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(b.Dir); !os.IsNotExist(err) {
			t.Errorf("the folder is still there: %v", err)
		}
	})
	return b
}

func TestScenarioIsRun(t *testing.T) {
	b := open(t, "echo")
	old := filepath.Join(b.Dir, "run.jsonl")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := b.Scenario("name: x\n")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "name: x\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the run file of before is still there: %v", err)
	}
	out, err := b.Outcome(t.Context(), b.RunArgs(file)...)
	if want := "run " + file + " --no-probe --quiet --format json -o " + old + "\n"; err != nil || string(out) != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
}

func TestSinkCounts(t *testing.T) {
	b := open(t, "echo")
	for range 2 { // the second time nothing is compiled
		s, err := b.Sink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := textproto.Dial("tcp", net.JoinHostPort("127.0.0.1", s.Port))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadResponse(220); err != nil {
			t.Error(err)
		}
		if err := c.PrintfLine("QUIT"); err != nil {
			t.Error(err)
		}
		if _, _, err := c.ReadResponse(221); err != nil {
			t.Error(err)
		}
		c.Close()
		want := Counts{Counts: yardstick.Counts{Connections: 1, Quits: 1}}
		if got, err := s.Stop(); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
}

func TestLabIsTrustedByItsFile(t *testing.T) {
	b := open(t, "echo")
	s, err := b.Lab(labserver.Config{Mode: sample.TLSImplicit})
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(b.CA)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := tls.Dial("tcp", s.Addr, &tls.Config{RootCAs: roots, ServerName: labserver.ServerName})
	if err != nil {
		t.Fatal(err)
	}
	if line, err := textproto.NewConn(c).ReadLine(); err != nil || !strings.HasPrefix(line, "220 ") {
		t.Errorf("%q, %v", line, err)
	}
	c.Close()
	if got, err := s.Stop(); err != nil || got.Handshakes != 1 || got.Connections != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
