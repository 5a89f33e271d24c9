package workflow

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A runner is the machine that the scripts run on: an empty folder, smtpgauge,
// and scripts in place of go and gh.
type runner struct {
	folder string
}

var built string // smtpgauge

// TestMain builds smtpgauge once for all tests.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "workflow-")
	if err != nil {
		panic(err)
	}
	built = filepath.Join(folder, "smtpgauge")
	out, err := exec.Command("go", "build", "-o", built, "../../cmd/smtpgauge").CombinedOutput()
	code := 1
	if err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	r := &runner{folder: t.TempDir()}
	for _, name := range []string{"programs", "artefacts", "measured"} {
		if err := os.Mkdir(filepath.Join(r.folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, script := range map[string]string{"smtpgauge": playedSmtpgauge, "go": playedGo, "gh": playedGH} {
		if err := os.WriteFile(filepath.Join(r.folder, "programs", name), []byte("#!/usr/bin/env bash\nset -eu\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// playedSmtpgauge is the real smtpgauge, except for what depends on a busy machine. If a
// run was made up for a scenario, running it gives that one, and a real measurement
// counts even if it is invalid.
const playedSmtpgauge = `
if [ "$1" = run ] && cp "$RUNNER/measured/$2.jsonl" run.jsonl 2>/dev/null; then exit; fi
code=0
"$BUILT" "$@" || code=$?
if [ "$1 $code" = "run 1" ]; then code=0; fi
exit $code
`

// playedGo installs nothing: smtpgauge is there already.
const playedGo = `
case "$*" in
"install github.com/smtpgauge/smtpgauge/cmd/smtpgauge@"?*) ;;
*) echo "go $*: not played" >&2; exit 1 ;;
esac
`

// playedGH stands in for GitHub. Its artefacts and its answers are files.
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

// bash runs a script as GitHub runs that of a step: in the shell and with the flags that
// its documentation names, in a folder that the steps share.
func (r *runner) bash(script string, env map[string]string) (out string, err error) {
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Dir = r.folder
	c.Env = append(os.Environ(), "RUNNER="+r.folder, "BUILT="+built, "GITHUB_STEP_SUMMARY="+filepath.Join(r.folder, "summary"),
		"PATH="+filepath.Join(r.folder, "programs")+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	printed, err := c.CombinedOutput()
	return string(printed), err
}

// take returns the content of a file of the runner, and removes the file.
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

// store copies a file, for example as an artefact.
func (r *runner) store(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(r.folder, from))
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, to, string(text))
}

// makeUp makes up the run of a scenario: eight rounds, in which each message takes so
// much longer.
func (r *runner) makeUp(t *testing.T, scenario string, added time.Duration) {
	t.Helper()
	run := madeup.NewRun(&loadgen.Plan{
		Name: "relay", Rounds: 8, Scenario: []byte(`{}`),
		Flows: []loadgen.Flow{{Name: "relay", Load: loadgen.Load{Sessions: 1}}},
	}, criteria.Criteria{})
	run.Added = []time.Duration{added}
	var file bytes.Buffer
	if err := madeup.Steady(1, uint64(added)).Write(&file, run); err != nil {
		t.Fatal(err)
	}
	r.put(t, "measured/"+scenario+".jsonl", file.String())
}
