package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// instructions returns the instructions of a Containerfile, without comments, each on one
// line.
func instructions(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			list = append(list, line)
		}
	}
	return list
}

// The image is one static program and the authorities that it trusts. It is not root's, and
// has one folder to write to. There is no engine here to build it.
func TestImage(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join("..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	release := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(mod)
	list := instructions(t, "Containerfile")
	for _, want := range []string{
		"FROM golang:" + string(release[1]) + " AS build",
		"RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/smtpgauge ./cmd/smtpgauge",
		"COPY --from=build /out/smtpgauge /usr/local/bin/smtpgauge",
		"COPY --from=build --chown=65532:65532 /work /work",
	} {
		if !slices.Contains(list, want) {
			t.Errorf("the Containerfile does not say %s", want)
		}
	}
	last := slices.Index(list, "FROM scratch")
	if last < 0 || slices.ContainsFunc(list[last+1:], func(s string) bool { return strings.HasPrefix(s, "FROM ") || strings.HasPrefix(s, "RUN ") }) {
		t.Fatal("the image has more than what is copied into it")
	}
	for _, want := range []string{"WORKDIR /work", "USER 65532:65532", `ENTRYPOINT ["/usr/local/bin/smtpgauge"]`} {
		if !slices.Contains(list[last:], want) {
			t.Errorf("the image does not say %s", want)
		}
	}
}

// Every file of the folder is in the README, which says what it is for.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(string(text), -1) {
		linked[strings.TrimSuffix(m[1], "/")] = true
		if _, err := os.Stat(m[1]); err != nil && !strings.Contains(m[1], "://") {
			t.Error(err)
		}
	}
	for _, want := range []string{"Containerfile", "compose.yaml", "kubernetes/base", "kubernetes/overlays/sink", "kubernetes/chart", "nomad/smtpgauge.nomad.hcl", "systemd/smtpgauge-agent.service", "systemd/smtpgauge-watch@.service", "postfix"} {
		if !linked[want] {
			t.Errorf("README.md has no link to %s", want)
		}
	}
	// Commands of the program in it are such as the program accepts.
	commands := 0
	for _, m := range regexp.MustCompile(`(?m)^smtpgauge (.+?)(?: +#.*)?$`).FindAllStringSubmatch(string(text), -1) {
		commands++
		accepted(t, strings.Fields(m[1]))
	}
	if commands == 0 {
		t.Error("README.md has no command of the program")
	}
}
