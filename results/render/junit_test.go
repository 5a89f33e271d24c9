package render

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/comparisons"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// asRead is what a reader of JUnit files that is not ours sees in one, a line a
// test: its status, class and name, and what it says.
func asRead(t *testing.T, report string) (suites []junit.Suite, tests []string) {
	t.Helper()
	suites, err := junit.Ingest([]byte(report))
	if err != nil {
		t.Fatalf("%v in\n%s", err, report)
	}
	for _, s := range suites {
		for _, c := range s.Tests {
			line := string(c.Status) + " " + c.Classname + ": " + c.Name
			if c.Message != "" {
				line += ": " + c.Message
			}
			tests = append(tests, line)
		}
	}
	return suites, tests
}

// counted holds what the file says of itself against what a reader counts.
func counted(t *testing.T, report string, suites []junit.Suite) {
	t.Helper()
	type counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	var declared struct {
		counts
		Suites []counts `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(report), &declared); err != nil {
		t.Fatal(err)
	}
	var sum counts
	for i, s := range suites {
		read := counts{s.Totals.Tests, s.Totals.Failed, s.Totals.Error, s.Totals.Skipped}
		if declared.Suites[i] != read {
			t.Errorf("suite %s says %+v and holds %+v", s.Name, declared.Suites[i], read)
		}
		sum.Tests, sum.Failures, sum.Errors = sum.Tests+read.Tests, sum.Failures+read.Failures, sum.Errors+read.Errors
	}
	if declared.counts != sum || len(declared.Suites) != len(suites) {
		t.Errorf("the file says %+v of %d suites and holds %+v of %d", declared.counts, len(declared.Suites), sum, len(suites))
	}
}

func TestRunsReadAsJUnit(t *testing.T) {
	var b bytes.Buffer
	if err := writeJUnit(&b, []*document{fourPorts(), badDay()}, Options{}); err != nil {
		t.Fatal(err)
	}
	suites, tests := asRead(t, b.String())
	const bad = `bad "day" | \x1b]0;owned\x07`
	want := []string{
		"passed ports-and-tls.verdict: verdict",
		"passed ports-and-tls.verdict: measurement is valid",
		"passed ports-and-tls.thresholds: submit-587.message.p99 < 250ms",
		"passed ports-and-tls.thresholds: relay-25.errors < 0.1%",
		"failed " + bad + ".verdict: verdict: " + badDay().Verdict.String(),
		"error " + bad + ".verdict: measurement is valid: do not rely on these figures",
		"failed " + bad + ".thresholds: inbound.message.response.p99 < 5ms: it is 45.0 ms",
		"failed " + bad + ".thresholds: inbound.rate >= 300/s: it is 291 /s",
		"failed " + bad + ".thresholds: inbound.unknown < 1: it is 1",
		"failed " + bad + ".thresholds: dead.tls.p99.9 < 5ms: no samples of tls",
		"passed " + bad + ".thresholds: inbound.errors <= 5%",
	}
	if !slices.Equal(tests, want) {
		t.Errorf("read are\n%s\nwant\n%s", strings.Join(tests, "\n"), strings.Join(want, "\n"))
	}
	counted(t, b.String(), suites)
	if got := suites[0].Properties["seed"]; got != "7" || !strings.Contains(suites[0].SystemOut, "Message times") {
		t.Errorf("seed %q, output %.80q", got, suites[0].SystemOut)
	}
	// Why it is invalid is what the error says at length.
	if why := suites[1].Tests[0].Error.Error(); !strings.Contains(why, "generator-bound: arrivals began late") {
		t.Errorf("the error says %q", why)
	}
}

// One cause is one error, and none if invalid runs are allowed.
func TestInvalidRunAsJUnit(t *testing.T) {
	res := fourPorts()
	res.Verdict.Reasons = []string{"generator-bound: cores"}
	res.Verdict.Conclusion = criteria.Conclusion{Word: criteria.Invalid, Reason: "generator-bound: cores"}
	for allowed, want := range map[bool]int{false: 1, true: 0} {
		var b bytes.Buffer
		if err := writeJUnit(&b, []*document{res}, Options{AllowInvalid: allowed}); err != nil {
			t.Fatal(err)
		}
		suites, _ := asRead(t, b.String())
		counted(t, b.String(), suites)
		if got := suites[0].Totals; got.Error != want || got.Failed != 0 || got.Skipped != 2-want {
			t.Errorf("allowed %v: %+v", allowed, got)
		}
	}
}

func TestComparisonReadsAsJUnit(t *testing.T) {
	report := comparisonText(t, "junit", contrast(t))
	suites, tests := asRead(t, report)
	counted(t, report, suites)
	for _, want := range []string{
		"failed pretended.gates: submit.message.p99 > +5%: the change is +",
		"passed pretended.gates: relay errors > +0.1pp",
		"error pretended.gates: nonesuch: nonesuch was not measured on both sides",
		// Gates decide, and where they do nothing else is red.
		"passed pretended.submit: message.p99",
		"passed pretended.relay: message.p50",
	} {
		if !slices.ContainsFunc(tests, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("no %q among\n%s", want, strings.Join(tests, "\n"))
		}
	}
	if s := &suites[0]; s.Totals.Failed != 1 || s.Totals.Error != 1 || s.Totals.Skipped != 0 {
		t.Errorf("%+v", s.Totals)
	}
	if out := suites[0].SystemOut; !strings.Contains(out, "relay banner differs") || strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("output %q", out)
	}
	if got := suites[0].Properties["new.relay EHLO"]; got != "SIZE 2" {
		t.Errorf("the new side's EHLO is %q", got)
	}
	slow := slices.IndexFunc(suites[0].Tests, func(c junit.Test) bool { return c.Classname == "pretended.submit" && c.Name == "message.p99" })
	if said := suites[0].Tests[slow].SystemOut; !strings.HasPrefix(said, "worse: +") {
		t.Errorf("what is worse and no gate is about says %q", said)
	}
}

// Without gates what is worse is red, and what cannot be decided is skipped.
func TestVerdictsReadAsJUnit(t *testing.T) {
	slower := madeup.Quiet()
	slower.Seed, slower.Slower = 2, map[string]float64{"submit": 0.3}
	report := comparisonText(t, "junit", comparisons.Of(t, madeup.Quiet(), slower, compare.Options{Metrics: []string{"message.p50"}}))
	suites, tests := asRead(t, report)
	counted(t, report, suites)
	if len(tests) != 2 || !strings.HasPrefix(tests[0], "passed pretended.relay: message.p50") ||
		!strings.HasPrefix(tests[1], "failed pretended.submit: message.p50: worse: +") {
		t.Errorf("%q", tests)
	}
	few := madeup.Quiet()
	few.Rounds = 1
	report = comparisonText(t, "junit", comparisons.Of(t, few, few, compare.Options{Metrics: []string{"relay.rate"}}))
	suites, tests = asRead(t, report)
	counted(t, report, suites)
	if len(tests) != 1 || !strings.HasPrefix(tests[0], "skipped pretended.relay: rate: too-few-runs") {
		t.Errorf("%q", tests)
	}
}
