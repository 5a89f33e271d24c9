package workflow

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
)

// A runner is the machine that the scripts run on: an empty folder, smtpgauge,
// and scripts in place of go and gh.
type runner struct {
	folder   string
	tolerant bool // a measurement that is called invalid is one all the same
	keep     bool // the run file that is there is the outcome of the next run
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	r := &runner{folder: t.TempDir()}
	for _, name := range []string{"programs", "artefacts"} {
		if err := os.Mkdir(filepath.Join(r.folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	built := filepath.Join(r.folder, "smtpgauge")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", built, "../../cmd/smtpgauge").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, script := range map[string]string{"smtpgauge": playedSmtpgauge, "go": playedGo, "gh": playedGH} {
		if err := os.WriteFile(filepath.Join(r.folder, "programs", name), []byte("#!/usr/bin/env bash\nset -eu\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// playedSmtpgauge is the real one, but for what a busy machine does to it.
const playedSmtpgauge = `
case "$1" in run) if [ -n "${KEEP-}" ]; then exit; fi ;; esac
code=0
"$RUNNER/smtpgauge" "$@" || code=$?
if [ "$1 $code" = "run 1" ] && [ -n "${TOLERANT-}" ]; then code=0; fi
exit $code
`

// playedGo has smtpgauge installed already.
const playedGo = `
case "$*" in
"install github.com/smtpgauge/smtpgauge/cmd/smtpgauge@"?*) ;;
*) echo "go $*: not played" >&2; exit 1 ;;
esac
`

// playedGH is GitHub: its artefacts are files, its answers are files.
const playedGH = `
printf '%s\n' "$*" >>"$RUNNER/calls"
answer() { cat "$RUNNER/$1" 2>/dev/null || true; }
case "$*" in
"run list --workflow smtpgauge.yml --event push --branch main --status success --limit 1 --json databaseId --jq .[].databaseId") answer base-id ;;
"run download "*" --name smtpgauge --dir "*) mkdir -p "$7"; cp "$RUNNER/artefacts/$3.jsonl" "$7/run.jsonl" ;;
"api --method GET repos/owner/project/pulls -f state=open -f head="*) answer pulls ;;
"api --paginate repos/owner/project/issues/12/comments --jq "*) answer comment-ids ;;
"api --method "*" -F body=@comment.md --silent") test -s comment.md ;;
*) echo "gh $*: not played" >&2; exit 1 ;;
esac
`

// bash runs a script as a step's is: in the shell and with the flags that
// GitHub names in its documentation, in a folder that the steps share.
func (r *runner) bash(script string, env map[string]string) (out string, err error) {
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Dir = r.folder
	c.Env = append(os.Environ(), "RUNNER="+r.folder, "GITHUB_STEP_SUMMARY="+filepath.Join(r.folder, "summary"),
		"PATH="+filepath.Join(r.folder, "programs")+string(os.PathListSeparator)+os.Getenv("PATH"))
	if r.tolerant {
		c.Env = append(c.Env, "TOLERANT=1")
	}
	if r.keep {
		c.Env = append(c.Env, "KEEP=1")
	}
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	printed, err := c.CombinedOutput()
	return string(printed), err
}

// take returns what a file of the runner's has in it, and takes it away.
func (r *runner) take(name string) string {
	path := filepath.Join(r.folder, name)
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	_ = os.Remove(path)
	return string(text)
}

func (r *runner) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// store copies a file, as an artefact say.
func (r *runner) store(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, from))
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, to, string(text))
}

// scenarios are of the same name and load a server that takes its time, and
// one that takes more.
func (r *runner) scenarios(t *testing.T) (fast, slow string) {
	t.Helper()
	for name, delay := range map[string]time.Duration{"fast.yaml": 5 * time.Millisecond, "slow.yaml": 25 * time.Millisecond} {
		sink, err := smtpsink.Start(smtpsink.Config{
			Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}},
			Delays:    map[string]time.Duration{"body": delay},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sink.Close() })
		port := sink.Addrs()[0].(*net.TCPAddr).Port
		r.put(t, name, strings.ReplaceAll(fmt.Sprintf(`name: relay
target: {host: 127.0.0.1}
flows:
	relay: {port: %d, tls: none, load: {sessions: 1, messages: 5}}
`, port), "\t", "  "))
	}
	return "fast.yaml", "slow.yaml"
}
