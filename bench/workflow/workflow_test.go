package workflow

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

// A workflow is the part of a workflow's file that the tests need.
type workflow struct {
	Name        string
	On          map[string]any
	Permissions map[string]string
	Env         map[string]string
	Jobs        map[string]struct {
		If          string
		Permissions map[string]string
		Env         map[string]string
		Steps       []step
	}
}

type step struct {
	Name, ID, If, Uses, Run string
	Env, With               map[string]string
}

func read(t *testing.T, file string) *workflow {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(w.Jobs) != 1 {
		t.Fatalf("%s has %d jobs, want 1", file, len(w.Jobs))
	}
	return &w
}

var files = []string{"smtpgauge.yml", "smtpgauge-comment.yml"}

// The workflows must be safe for pull requests from forks.
func TestRights(t *testing.T) {
	measure, comment := read(t, files[0]), read(t, files[1])
	if p := measure.Jobs["measure"].Permissions; p["contents"] != "read" || p["actions"] != "read" || len(p) != 2 {
		t.Errorf("the job that runs the pull request's code may %v", p)
	}
	if p := comment.Jobs["comment"].Permissions; p["actions"] != "read" || p["pull-requests"] != "write" || len(p) != 2 {
		t.Errorf("the job that comments may %v", p)
	}
	if _, ok := measure.On["pull_request_target"]; ok || len(measure.On) != 2 || len(comment.On) != 1 || comment.On["workflow_run"] == nil {
		t.Errorf("they begin on %v and %v", measure.On, comment.On)
	}
	for _, s := range comment.Jobs["comment"].Steps {
		if strings.HasPrefix(s.Uses, "actions/checkout") {
			t.Error("the job that may write checks something out")
		}
	}
	for _, file := range files {
		w := read(t, file)
		if w.Permissions == nil || len(w.Permissions) != 0 {
			t.Errorf("%s: permissions %v for every job, want none", file, w.Permissions)
		}
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s, %s: an expression within a script, where its value would be run", file, s.Name)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout") && s.With["persist-credentials"] != "false" {
					t.Errorf("%s: the check-out leaves its token behind", file)
				}
			}
		}
	}
}

// The workflow that comments waits for the other one by its name.
func TestCommentFollowsMeasurement(t *testing.T) {
	event, _ := read(t, files[1]).On["workflow_run"].(map[string]any)
	if name := read(t, files[0]).Name; fmt.Sprint(event["workflows"]) != "["+name+"]" {
		t.Errorf("it follows %v, want [%s]", event["workflows"], name)
	}
}

var (
	commandLine = regexp.MustCompile(`(?m)^\s*(smtpgauge (?:.*\\\n)*.*)$`)
	redirected  = regexp.MustCompile(` >\w.*$`)
)

// smtpgauge accepts every command line in the scripts, with the values in the file. A run
// is a dry run here.
func TestCommandsAreAccepted(t *testing.T) {
	r := newRunner(t)
	seen := 0
	for _, file := range files {
		w := read(t, file)
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				for _, found := range commandLine.FindAllStringSubmatch(s.Run, -1) {
					seen++
					command := redirected.ReplaceAllString(found[1], "")
					for _, more := range []string{" --dry-run", " --help"} {
						if more == " --dry-run" && !strings.HasPrefix(command, "smtpgauge run ") {
							continue
						}
						if out, err := r.bash(command+more, w.Env); err != nil {
							t.Errorf("%s: %s%s: %v\n%s", file, command, more, err, out)
						}
					}
				}
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d commands, want 3", seen)
	}
}

// play goes through the steps of a workflow's job as GitHub does, up to the first that
// fails. expressions has the values of what is between ${{ and }}.
func (r *runner) play(t *testing.T, file string, env, expressions map[string]string) (failed, out string) {
	t.Helper()
	outputs := map[string]string{}
	value := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(e string) string {
			name := expression.FindStringSubmatch(e)[1]
			if v, ok := expressions[name]; ok {
				return v
			}
			v, ok := outputs[name]
			if !ok && !strings.HasPrefix(name, "steps.") {
				t.Fatalf("%s: the test does not know %s", file, name)
			}
			return v
		})
	}
	w := read(t, file)
	for _, job := range w.Jobs {
		for _, s := range job.Steps {
			if s.Run == "" || !r.holds(t, s.If, outputs, expressions) {
				continue
			}
			all := map[string]string{"GITHUB_OUTPUT": filepath.Join(r.folder, "output")}
			for _, level := range []map[string]string{w.Env, job.Env, s.Env, env} {
				for name, text := range level {
					all[name] = value(text)
				}
			}
			printed, err := r.bash(s.Run, all)
			out += printed
			if err != nil {
				return s.Name, out
			}
			for line := range strings.Lines(r.take("output")) {
				name, v, _ := strings.Cut(strings.TrimSpace(line), "=")
				outputs["steps."+s.ID+".outputs."+name] = v
			}
		}
	}
	return "", out
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// holds evaluates the conditions that the workflows have.
func (r *runner) holds(t *testing.T, condition string, outputs, expressions map[string]string) bool {
	t.Helper()
	switch {
	case condition == "":
		return true
	case strings.HasPrefix(condition, "steps."):
		return outputs[condition] != ""
	case condition == "github.event_name == 'pull_request'":
		return expressions["github.event_name"] == "pull_request"
	}
	t.Fatalf("the test does not know the condition %s", condition)
	return false
}

// The measurement of a pull request is compared with that of its base.
func TestMeasureAndCompare(t *testing.T) {
	r := newRunner(t)
	push := map[string]string{"github.event_name": "push"}
	pull := map[string]string{"github.event_name": "pull_request", "github.token": "t", "github.repository": "owner/project", "github.base_ref": "main"}

	// One real measurement, of which only the file is checked.
	r.put(t, "real.yaml", "name: real\ntarget: {host: sink}\nflows:\n  relay: {port: 25, load: {sessions: 1, messages: 5}}\n")
	if failed, out := r.play(t, files[0], map[string]string{"SCENARIO": "real.yaml"}, push); failed != "" {
		t.Fatalf("%s failed on a push:\n%s", failed, out)
	}
	if out, err := r.bash("smtpgauge show run.jsonl", nil); err != nil {
		t.Errorf("what a push measured: %v\n%s", err, out)
	}

	r.makeUp(t, "fast", 0)
	r.makeUp(t, "slow", 20*time.Millisecond)
	if _, out := r.play(t, files[0], map[string]string{"SCENARIO": "fast"}, pull); !strings.Contains(out, "no measurement yet") {
		t.Errorf("without a base:\n%s", out)
	}
	r.put(t, "base-id", "41\n")
	r.store(t, "run.jsonl", "artefacts/41.jsonl")
	r.makeUp(t, "fast", 0) // another run, and the same times
	if failed, out := r.play(t, files[0], map[string]string{"SCENARIO": "fast"}, pull); failed != "" {
		t.Errorf("%s failed without a change:\n%s", failed, out)
	}
	failed, out := r.play(t, files[0], map[string]string{"SCENARIO": "slow"}, pull)
	if failed != "Compare" || !strings.Contains(out, "regression: relay message.p50 > +10%") {
		t.Errorf("failed at %q, want at Compare for a server that became slower:\n%s", failed, out)
	}
	if summary := r.take("summary"); !strings.Contains(summary, "| relay | message.p50 |") {
		t.Errorf("the summary has no comparison:\n%s", summary)
	}
}

// The comment is written once, and edited after that.
func TestComment(t *testing.T) {
	r := newRunner(t)
	r.makeUp(t, "fast", 0)
	r.makeUp(t, "slow", 20*time.Millisecond)
	r.store(t, "measured/fast.jsonl", "artefacts/41.jsonl")
	r.store(t, "measured/slow.jsonl", "artefacts/7.jsonl")
	event := map[string]string{
		"github.token": "t", "github.repository": "owner/project",
		"github.event.workflow_run.id":                          "7",
		"github.event.workflow_run.head_repository.owner.login": "someone",
		"github.event.workflow_run.head_branch":                 "$(touch taken)",
		"github.event.workflow_run.head_sha":                    "5ca1ab1e",
	}

	if failed, out := r.play(t, files[1], nil, event); failed != "" || strings.Contains(r.take("calls"), "comments") {
		t.Errorf("failed at %q, want nothing done for a pull request that is gone:\n%s", failed, out)
	}
	r.put(t, "pulls", "11\tdeadbeef\tmain\n12\t5ca1ab1e\tmain\n")
	if failed, out := r.play(t, files[1], nil, event); failed != "" || strings.Contains(r.take("calls"), "comments") {
		t.Errorf("failed at %q, want no comment without a base:\n%s", failed, out)
	}

	r.put(t, "base-id", "41\n")
	for _, c := range []struct{ ids, want string }{
		{"", "api --method POST repos/owner/project/issues/12/comments -F body=@comment.md"},
		{"900\n901\n", "api --method PATCH repos/owner/project/issues/comments/900 -F body=@comment.md"},
	} {
		r.put(t, "comment-ids", c.ids)
		if failed, out := r.play(t, files[1], nil, event); failed != "" {
			t.Fatalf("failed at %q:\n%s", failed, out)
		}
		calls := r.take("calls")
		if !strings.Contains(calls, c.want) || strings.Count(calls, "body=@") != 1 {
			t.Errorf("calls:\n%s\nwant one that writes: %s", calls, c.want)
		}
		if !strings.Contains(calls, "head=someone:$(touch taken)") {
			t.Errorf("calls:\n%s\nwant the branch by its name", calls)
		}
		body := r.take("comment.md")
		if !strings.HasPrefix(body, "<!-- smtpgauge -->\n") || !strings.Contains(body, "| relay | message.p50 |") || !strings.Contains(body, "worse") {
			t.Errorf("the comment is\n%s", body)
		}
		if regexp.MustCompile(`@[^<]`).MatchString(body) {
			t.Errorf("the comment could call somebody:\n%s", body)
		}
	}
	if names, err := filepath.Glob(filepath.Join(r.folder, "taken*")); err != nil || len(names) > 0 {
		t.Errorf("a branch's name was run: %q, %v", names, err)
	}
}
