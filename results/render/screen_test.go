package render

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/render/screen"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

func screenText(tb testing.TB, res *document, o Options) string {
	tb.Helper()
	var b bytes.Buffer
	if err := writeTables(&b, res, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// oneFlow is a run of one flow; all in it went wrong if it is a bad one.
func oneFlow(bad bool) *document {
	res := badDay()
	res.FlowOrder = []string{"inbound"}
	delete(res.Flows, "dead")
	if !bad {
		f := res.Flows["inbound"]
		f.Messages, f.Errors = tally.MessageCounts{Attempted: 8_990, Accepted: 8_990}, nil
		for i := range res.Thresholds {
			res.Thresholds[i].OK = true
		}
		res.Partial, res.Interrupted = false, false
		res.Verdict = figures.Verdict{Conclusion: criteria.Conclusion{Word: criteria.Pass, Reason: "5 thresholds met"}, Validity: figures.Validity{Valid: true}}
	}
	return res
}

// crowded is a run with so many flows, kinds of error, thresholds that were missed,
// reasons and notes.
func crowded(flows, kinds, thresholds, remarks int) *document {
	res := badDay()
	res.FlowOrder, res.Flows, res.Thresholds = nil, map[string]*figures.Flow{}, nil
	for i := range flows {
		name := fmt.Sprintf("flow-with-a-long-name-of-its-own-%d", i)
		f := closedFlow("2525 starttls SCRAM-SHA-256-PLUS", 100, time.Duration(i+1)*time.Millisecond)
		f.Messages = tally.MessageCounts{Attempted: 100_000, Accepted: 100_000 - int64(i), Rejected: int64(i)}
		res.FlowOrder, res.Flows[name] = append(res.FlowOrder, name), f
	}
	for i := range kinds {
		f := res.Flows[res.FlowOrder[i%flows]]
		f.Errors = append(f.Errors, tally.FailureCount{Phase: "rcpt", Class: "policy", Code: 500 + i, Count: int64(1000 - i), Example: strings.Repeat("no, not that either; ", 10)})
	}
	for i := range thresholds {
		res.Thresholds = append(res.Thresholds, figures.ThresholdResult{Expr: fmt.Sprintf("%s.message.p99 < %d00ms", res.FlowOrder[i%flows], i+1), Reason: "no sample: the phase never ran"})
	}
	v := &res.Verdict
	v.Failures, v.Reasons, v.Notes = []string{strings.Repeat("nothing was accepted; ", 12)}, nil, nil
	v.Conclusion = criteria.Conclusion{Word: criteria.Failed, Reason: v.Failures[0] + fmt.Sprintf(" (and %d other reasons)", remarks)}
	for i := range remarks {
		v.Reasons = append(v.Reasons, fmt.Sprintf("generator-bound: %d %s", i, strings.Repeat("cores were busy with something else, ", 5)))
		v.Notes = append(v.Notes, fmt.Sprintf("%d %s", i, strings.Repeat("is something to know about the figures, ", 4)))
	}
	return res
}

// However full the screen is, agents that are lost are on it, before all others.
func TestScreenHasLostAgents(t *testing.T) {
	res := crowded(10, 10, 10, 10)
	for i := range 60 {
		res.Agents = append(res.Agents, figures.Agent{Name: fmt.Sprintf("agent%d", i), Host: "h", Lost: i == 41 || i == 57, Why: map[bool]string{true: "killed"}[i == 41 || i == 57]})
	}
	text := screenText(t, res, Options{})
	first, second := strings.Index(text, "agent41 "), strings.Index(text, "agent57 ")
	if first < 0 || second < first || strings.Contains(text[:first], "agent0 ") || !strings.Contains(text, "more agents: --all") {
		t.Error(text)
	}
	for i := range res.Agents {
		res.Agents[i].Lost, res.Agents[i].Why = false, ""
	}
	if text := screenText(t, res, Options{}); strings.Contains(text, "agent0 ") {
		t.Errorf("agents that did their part take room:\n%s", text)
	}
}

// manyChoices is a run of so many flows of which each has a choice of its own.
func manyChoices(tb testing.TB, n int) *document {
	flows := madeup.MadePorts()[:1]
	for i := range n - 1 {
		f := madeup.MadePorts()[2]
		f.Name, f.Port, f.Messages = fmt.Sprintf("choice-%d", i), 2000+i, []int{1, 2, 4, 5, 10, 20, 25, 50}[i%8]
		flows = append(flows, f)
	}
	return newDocument(madeup.Made(tb, flows, 6))
}

func TestRunFitsAScreen(t *testing.T) {
	for name, c := range map[string]struct {
		res   *document
		lines int
	}{
		"one flow":                  {oneFlow(false), screen.OneFlow},
		"one bad flow":              {oneFlow(true), screen.OneFlow},
		"one crowded flow":          {crowded(1, 30, 30, 5), screen.OneFlow},
		"four ports":                {fourPorts(), screen.Lines},
		"bad day":                   {badDay(), screen.Lines},
		"matrix":                    {madeMatrix(t), screen.Lines},
		"many choices":              {manyChoices(t, 20), screen.Lines},
		"20 flows":                  {crowded(20, 0, 0, 0), screen.Lines},
		"30 kinds of error":         {crowded(2, 30, 0, 0), screen.Lines},
		"30 thresholds":             {crowded(2, 0, 30, 0), screen.Lines},
		"everything, and 300 flows": {crowded(300, 300, 300, 30), screen.Lines},
	} {
		t.Run(name, func(t *testing.T) {
			text := screenText(t, c.res, Options{Width: 100})
			list := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			if len(list) > c.lines {
				t.Errorf("%d lines, want %d at most:\n%s", len(list), c.lines, text)
			}
			word := string(c.res.Verdict.Word)
			if !strings.HasPrefix(list[0], word) || !strings.HasPrefix(list[len(list)-1], word) {
				t.Errorf("the first or the last line does not begin with %s:\n%s", word, text)
			}
			if narrow := strings.Count(screenText(t, c.res, Options{Width: 80}), "\n"); narrow > c.lines+4 {
				t.Errorf("%d lines at 80 columns", narrow)
			}
		})
	}
}

// What is left out is counted, and what is worst stays.
func TestScreenKeepsTheWorst(t *testing.T) {
	res := crowded(20, 30, 30, 0)
	text := screenText(t, res, Options{})
	for _, want := range []string{
		"-own-19 ", "more flows: --all\n", "more kinds: --all\n", "more missed thresholds: --all\n", "\nmore: --all\n",
		"  1,000 policy at rcpt in flow-with-a-long-name-of-its-own-0: 500 no, not that either; ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "-own-0  ") {
		t.Errorf("the best flow is shown:\n%s", text)
	}
	all := screenText(t, res, Options{All: true})
	for _, name := range res.FlowOrder {
		if !strings.Contains(all, "\n"+name+" ") {
			t.Errorf("%s is not among all there is", name)
		}
	}
	if n := strings.Count(all, "missed\n"); n != 30 || strings.Contains(all, "--all") {
		t.Errorf("%d of 30 thresholds are among all there is", n)
	}
}

// All thresholds that were not met are on the screen, however little room it has, and what became
// of each: a run that missed one may have others that are undecided.
func TestScreenHasAllThresholdsNotMet(t *testing.T) {
	for name, c := range map[string]struct {
		kinds, missed, open int
		want                []string
	}{
		"with room":       {0, 1, 2, []string{"missed or undecided", "flow.message.p90 < 0ms", "flow.message.p91 < 1ms", "flow.message.p92 < 2ms", " missed ", " undecided "}},
		"without room":    {30, 1, 2, []string{"flow.message.p90 < 0ms", "and 2 more, flow.message.p91 < 1ms (undecided), flow.message.p92 < 2ms (undecided): --all"}},
		"undecided alone": {30, 0, 3, []string{"undecided threshold", "and 2 more, flow.message.p91 < 1ms (undecided), flow.message.p92 < 2ms (undecided): --all"}},
		"too many":        {30, 3, 17, []string{"and 19 more thresholds, 2 missed and 17 undecided: --all"}},
	} {
		res := crowded(1, c.kinds, 0, 5)
		for i := range c.missed + c.open {
			res.Thresholds = append(res.Thresholds, figures.ThresholdResult{Expr: fmt.Sprintf("flow.message.p%d < %dms", 90+i, i), Reason: strings.Repeat("its interval has the limit in it; ", 4), Undecided: i >= c.missed})
		}
		if c.kinds == 0 {
			res.Verdict.Reasons, res.Verdict.Notes = nil, nil
		}
		text := screenText(t, res, Options{Width: 160})
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: there is no %q in\n%s", name, want, text)
			}
		}
	}
}

// A server's words are never cut: they may say what to do.
func TestErrorsAreInFull(t *testing.T) {
	res := fourPorts()
	const said = "tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of something that takes long to say, and ends here)"
	for _, name := range res.FlowOrder[1:] {
		res.Flows[name].Errors = []tally.FailureCount{{Phase: "tls", Class: "tls-certificate", Count: 7, Example: said}}
	}
	for _, o := range []Options{{Width: 80}, {Width: 100}, {Width: 160}, {Width: 100, All: true}} {
		text := strings.Join(strings.Fields(screenText(t, res, o)), " ")
		if !strings.Contains(text, said) {
			t.Errorf("at %+v the reason is cut:\n%s", o, screenText(t, res, o))
		}
		if !o.All && !strings.Contains(text, "21 tls-certificate at tls in 3 flows: tls: failed") {
			t.Errorf("what three flows share is not told once:\n%s", text)
		}
	}
}

// Only a generator that spoiled the figures is on the screen.
func TestGeneratorIsOnTheScreenIfItIsToBlame(t *testing.T) {
	if text := screenText(t, fourPorts(), Options{}); strings.Contains(text, "GC pause") || strings.Contains(text, "shard") {
		t.Errorf("the generator is on the screen of a run that passed:\n%s", text)
	}
	res := badDay()
	if text := screenText(t, res, Options{}); !strings.Contains(text, "also: generator-bound: arrivals began late") {
		t.Errorf("the screen lacks why the figures may not be believed:\n%s", text)
	}
}

func TestMoreNamesTheCommand(t *testing.T) {
	res := fourPorts()
	for source, want := range map[string]string{
		"":              "more: --all",
		"a/run-1.jsonl": "more: smtpgauge show a/run-1.jsonl --all",
		"my 'run'":      `more: smtpgauge show 'my '\''run'\''' --all`,
		"$(halt)":       "more: smtpgauge show '$(halt)' --all",
	} {
		res.source = source
		if text := screenText(t, res, Options{}); !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("the file %q: there is no %q in\n%s", source, want, text)
		}
	}
}

// A run that was merged is shown by the command that merges it, unless that has many files.
func TestMoreNamesTheFilesThatWereMerged(t *testing.T) {
	res := fourPorts()
	res.source = ""
	for want, files := range map[string][]string{
		"more: smtpgauge show --merge a.jsonl 'my run' --all": {"a.jsonl", "my run"},
		"more: the same command with --all":                   make([]string, 9),
	} {
		res.merged = files
		if text := screenText(t, res, Options{}); !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

// Flows of other loads say why they are not compared.
func TestUnlikeLoadsAreNoOverhead(t *testing.T) {
	res := madeMatrix(t)
	res.Matrix.Choices.Pairs = nil
	for i := range res.Matrix.Against.Pairs {
		if d := &res.Matrix.Against.Pairs[i]; d.New == "submit-587" {
			d.Unlike, d.Time, d.CPU = "64 sessions, not 1 session", nil, nil
		}
	}
	text := screenText(t, res, Options{})
	if !strings.Contains(text, "not compared: 64 sessions, not 1 session\n") {
		t.Errorf("the screen does not say why a flow is not compared:\n%s", text)
	}
}

// No word of statistics is on the screen, and no time that cannot be.
func TestScreenIsInPlainWords(t *testing.T) {
	text := screenText(t, madeMatrix(t), Options{}) + screenText(t, fourPorts(), Options{})
	for _, word := range []string{"Hodges", "Holm", "none found", "U test", " p ", "between"} {
		if strings.Contains(text, word) {
			t.Errorf("%q is on the screen:\n%s", word, text)
		}
	}
}

// The word has its colour, and nothing else is coloured in a run that passed.
func TestVerdictHasItsColour(t *testing.T) {
	for word, code := range map[criteria.Word]string{criteria.Pass: "32", criteria.Failed: "31", criteria.Invalid: "31", criteria.Undecided: "33"} {
		res := fourPorts()
		res.Verdict.Conclusion = criteria.Conclusion{Word: word, Reason: "so it is"}
		for name := range maps.Keys(res.Flows) {
			res.Flows[name].Messages = tally.MessageCounts{Attempted: 1, Accepted: 1}
		}
		text := screenText(t, res, Options{Color: true})
		painted := "\x1b[" + code + "m" + string(word) + "\x1b[0m"
		if !strings.HasPrefix(text, painted) || !strings.Contains(text, "\n"+painted+": so it is\n") || strings.Count(text, "\x1b[") != 4 {
			t.Errorf("%s is not coloured as it should be: %q", word, text)
		}
	}
}

// Response and service times stand in one table, and say which they are.
func TestMixedTimesAreNamed(t *testing.T) {
	text := screenText(t, badDay(), Options{})
	for _, want := range []string{"  " + sample.Response.String() + " ", "  " + sample.Service.String() + " ", "response: from when a message was due"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}
