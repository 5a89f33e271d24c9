package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/internal/smtpsink/certificate"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// block is the first code block of a kind below a heading of the README.
func block(t *testing.T, heading, kind string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## "+heading+"\n")
	_, rest, begins := strings.Cut(section, "\n```"+kind+"\n")
	text, _, ends := strings.Cut(rest, "\n```\n")
	if !found || !begins || !ends {
		t.Fatalf("the README has no block of %q under %q", kind, heading)
	}
	return text + "\n"
}

// The commands of the first minutes run as the README has them, but on a free port
// and for a shorter time. They may exit with 1: on a busy machine a measurement is
// invalid.
func TestReadmeFirstMinutes(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	commands := strings.NewReplacer("2525", port, "5s", "300ms").Replace(block(t, "First minutes", ""))
	server, rest, _ := strings.Cut(commands, "\n")
	if !strings.HasPrefix(server, "smtpgauge sink ") {
		t.Fatalf("the first command is %q, want the sink", server)
	}
	script := "set -uo pipefail\n" +
		"exec 3< <(exec " + server + "\n)\nsink=$!\n" +
		"until (exec 4<>/dev/tcp/127.0.0.1/" + port + ") 2>/dev/null; do kill -0 $sink || exit 9; done\n"
	for line := range strings.Lines(rest) {
		script += strings.TrimSpace(line) + " || [ $? = 1 ] || exit 9\n"
	}
	script += "kill -INT $sink\ncat <&3\n"

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	cmd := exec.CommandContext(ctx, "bash", "-c", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script, out)
	}
	for _, want := range []string{"\n| flow ", "messages"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if runs, _ := filepath.Glob(filepath.Join(dir, "quick-*.jsonl")); len(runs) != 2 {
		t.Errorf("%d run files, want one of quick and one of run", len(runs))
	}
}

func TestReadmeScenarioIsValid(t *testing.T) {
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0", TLS: sample.TLSStart}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	dir := t.TempDir()
	for name, text := range map[string]string{"ca.pem": string(sink.CAPEM()), "readme.yaml": block(t, "First minutes", "yaml")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "smtpgauge", "validate", "readme.yaml")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SMTP_PASSWORD=hush-hush")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The README shows what `make demo` prints: the lines of its excerpt begin as those of
// that command do, one by one. Figures and verdicts differ from run to run.
func TestReadmeShowsWhatDemoPrints(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(readme), "`make demo` ends like this:\n\n```\n")
	excerpt, _, ends := strings.Cut(rest, "\n```\n")
	if !begins || !ends {
		t.Fatal("the README has no excerpt of `make demo`")
	}
	file := filepath.Join("bin", "demo.jsonl")
	cmd := exec.CommandContext(t.Context(), "smtpgauge", "run", "builtin:four-ports", "--set", "defaults.load.duration=50ms", "--set", "warmup=10ms", "--quiet", "-o", file)
	cmd.Dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(cmd.Dir, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output() // on a busy machine it exits with 1
	if got, want := beginnings(string(out)), beginnings(excerpt); !slices.Equal(got, want) {
		t.Errorf("the README's lines begin with\n%q, and those of `make demo` with\n%q (%v):\n%s", want, got, err, out)
	}
}

// beginnings are the first words of the lines of a run's tables, but for the verdict
// and the sentences that only some runs have.
func beginnings(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		first, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "  ")
		if first == "" || verdictLine.MatchString(first) {
			continue
		}
		first, _, _ = strings.Cut(first, " · ")
		first, _, _ = strings.Cut(first, ": accepted ")
		list = append(list, strings.TrimLeft(first, "─")) // as wide as the table is
	}
	return list
}

var verdictLine = regexp.MustCompile(`^(PASS|INVALID|FAILED): `)

// The commands of the four jobs are ones that the program takes. Nothing is loaded: the
// runs are dry, and check is left to its own tests.
func TestReadmeJobs(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## Four jobs\n")
	section, _, _ = strings.Cut(section, "\n## ")
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, ca, err := certificate.Issue("mail.example.test", []string{"mail.example.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for i, part := range strings.Split(section, "\n```") {
		if i%2 == 0 {
			continue
		}
		for line := range strings.Lines(strings.TrimSpace(part)) {
			words := commandWords(line)
			if len(words) < 2 || words[0] != "smtpgauge" {
				continue
			}
			tried[words[1]]++
			switch words[1] {
			case "run", "quick":
				words = append(words, "--dry-run")
			case "init":
			default:
				words = []string{words[0], words[1], "--help"}
			}
			c := exec.CommandContext(t.Context(), path, words[1:]...)
			c.Args[0], c.Dir = "smtpgauge", dir
			out, err := c.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
		}
	}
	for _, command := range []string{"check", "quick", "show", "init", "run", "compare"} {
		if tried[command] == 0 {
			t.Errorf("no job has smtpgauge %s: %v", command, tried)
		}
	}
}

// commandWords are the words of a command of the README, without where its output goes
// and without the remark after it.
func commandWords(line string) []string {
	line, _, _ = strings.Cut(line, "#")
	line, _, _ = strings.Cut(line, ">")
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
			continue
		}
		words = append(words, strings.Fields(part)...)
	}
	return words
}
