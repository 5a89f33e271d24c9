package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/render/junit"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// writeJUnit writes runs as test suites. The first test of each is the verdict: FAILED
// is a failure, UNDECIDED an error. The second says whether the measurement is valid,
// apart from the thresholds, which are the others: it is an error if that is INVALID, and
// the verdict is skipped then, so that one cause is one error. If invalid runs are
// allowed, both are skipped. The tables are the suite's output.
func writeJUnit(w io.Writer, list []*document, o Options) error {
	var report junit.Report
	for _, res := range list {
		s, err := res.junit(o)
		if err != nil {
			return err
		}
		report.Add(s)
	}
	return report.Write(w)
}

func (res *document) junit(o Options) (junit.Suite, error) {
	var tables bytes.Buffer
	if err := writeTables(&tables, res, Options{Width: 120, All: true}); err != nil {
		return junit.Suite{}, err
	}
	properties := []junit.Property{
		{Name: "verdict", Value: string(res.Verdict.Word)}, {Name: "reason", Value: printable.Text(res.Verdict.Reason)},
		{Name: "clock", Value: printable.Text(res.Clock)}, {Name: "seed", Value: fmt.Sprint(res.Seed)}, {Name: "version", Value: printable.Text(res.Environment.Version)},
	}
	for name, line := range res.flowTargets() {
		properties = append(properties, junit.Property{Name: "target." + printable.Text(name), Value: line})
	}
	return junit.Suite{
		Name: printable.Text(res.Name), Time: seconds(res.Elapsed), Timestamp: res.Started.UTC().Format(time.RFC3339),
		Hostname: printable.Text(res.Environment.Host), Output: junit.Output{Text: tables.String()},
		Property: properties,
		Cases:    append([]junit.Case{res.verdictCase(), res.validityCase(o)}, res.thresholdCases()...),
	}, nil
}

func (res *document) verdictCase() junit.Case {
	v := &res.Verdict
	c := junit.Case{Class: "verdict", Name: "verdict", Time: seconds(res.Elapsed), Output: &junit.Output{Text: printable.Text(res.answer())}}
	problem := &junit.Problem{Type: strings.ToLower(string(v.Word)), Message: printable.Text(v.String())}
	for _, why := range v.Why() {
		problem.Text += printable.Text(why) + "\n"
	}
	switch v.Word {
	case criteria.Pass:
	case criteria.Failed:
		c.Failure = problem
	case criteria.Invalid:
		c.Skipped = &junit.Skipped{Message: problem.Message}
	default:
		c.Error = problem
	}
	return c
}

func (res *document) validityCase(o Options) junit.Case {
	c := junit.Case{Class: "verdict", Name: "measurement is valid", Time: "0"}
	if len(res.Verdict.Reasons) == 0 {
		return c
	}
	if o.AllowInvalid {
		c.Skipped = &junit.Skipped{Message: printable.Text("invalid, which is allowed: " + strings.Join(res.Verdict.Reasons, "; "))}
		return c
	}
	c.Error = &junit.Problem{Type: "invalid-measurement", Message: "do not rely on these figures"}
	for _, r := range res.Verdict.Reasons {
		c.Error.Text += printable.Text(r) + "\n"
	}
	return c
}

func (res *document) thresholdCases() []junit.Case {
	var list []junit.Case
	for _, t := range res.Thresholds {
		c := junit.Case{Class: "thresholds", Name: printable.Text(t.Expr), Time: "0"}
		problem := &junit.Problem{Type: "threshold-missed", Message: printable.Text(thresholdText(&t)), Text: printable.Text(t.Expr + ": " + thresholdText(&t))}
		switch {
		case t.Undecided:
			problem.Type, c.Error = "threshold-undecided", problem
		case !t.OK:
			c.Failure = problem
		}
		list = append(list, c)
	}
	return list
}

// thresholdText is what a threshold found, in words.
func thresholdText(t *figures.ThresholdResult) string {
	if t.Value == nil {
		return t.Reason
	}
	text := "it is " + t.Found()
	if t.Reason != "" {
		text += ": " + t.Reason
	}
	return text
}

// seconds writes a time as decimal seconds.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
