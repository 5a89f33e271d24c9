package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/junit"
	"github.com/smtpgauge/smtpgauge/results/render/table"
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

// writeComparisonJUnit writes a comparison as a test suite, in which a CI
// system shows red what ends the command in an error and nothing else: each gate
// is a case, and so is each row. A gate that is missed is a failure, and one that
// cannot be decided an error. A row that is worse is a failure if there are no
// gates; a row without a verdict is skipped.
func writeComparisonJUnit(w io.Writer, c comparison) error {
	var tables bytes.Buffer
	if err := table.Draw(&tables, c.report(Options{All: true}), table.Terminal{Width: 120}); err != nil {
		return err
	}
	s := junit.Suite{Name: printable.Text(c.title()), Time: "0", Output: junit.Output{Text: tables.String()}}
	s.Property = append(s.Property, junit.Property{Name: "verdict", Value: string(c.Verdict.Word)}, junit.Property{Name: "reason", Value: printable.Text(c.Verdict.Reason)})
	for _, side := range []struct {
		name   string
		values func(*compare.Surrounding) []string
	}{
		{"base", func(s *compare.Surrounding) []string { return s.Base }},
		{"new", func(s *compare.Surrounding) []string { return s.New }},
	} {
		for i := range c.Surroundings {
			about := &c.Surroundings[i]
			s.Property = append(s.Property, junit.Property{Name: printable.Text(side.name + "." + about.Name), Value: printable.Text(strings.Join(side.values(about), ", "))})
		}
	}
	for i := range c.Gates {
		s.Cases = append(s.Cases, gateCase(&c.Gates[i]))
	}
	for i := range c.Rows {
		s.Cases = append(s.Cases, c.rowCase(&c.Rows[i]))
	}
	var report junit.Report
	report.Add(s)
	return report.Write(w)
}

// title is what is compared, the same from one comparison to the next.
func (c comparison) title() string {
	if c.Base.Name == c.New.Name {
		return c.New.Name
	}
	return c.Base.Name + " → " + c.New.Name
}

func gateCase(g *compare.GateResult) junit.Case {
	c := junit.Case{Class: "gates", Name: printable.Text(g.Name()), Time: "0"}
	problem := &junit.Problem{Message: printable.Text(g.Reason), Text: printable.Text(g.Name() + ": " + g.Reason)}
	switch {
	case g.OK && g.Reason != "":
		c.Output = &junit.Output{Text: problem.Text}
	case g.OK:
	case g.Known:
		problem.Type, c.Failure = "gate-missed", problem
	default:
		problem.Type, c.Error = "gate-undecided", problem
	}
	return c
}

// rowCase is a row as a test. If there are gates, they alone decide what fails.
func (c comparison) rowCase(r *compare.Row) junit.Case {
	x := junit.Case{Class: printable.Text(r.Flow), Name: r.Metric, Time: "0"}
	text := printable.Text(rowSentence(r))
	switch {
	case r.Verdict == stats.TooFewRuns:
		x.Skipped = &junit.Skipped{Message: text}
	case r.Verdict == stats.Worse && len(c.Gates) == 0:
		x.Failure = &junit.Problem{Type: string(r.Verdict), Message: text, Text: text}
	default:
		x.Output = &junit.Output{Text: text}
	}
	return x
}

// rowSentence is a row in words: "worse: +12.5 % (+8.2 to +17.1 %), from 4.01 ms
// to 4.51 ms".
func rowSentence(r *compare.Row) string {
	text := string(r.Verdict) + ": " + r.Change()
	if interval := changeInterval(r); interval != "" {
		text += " (" + interval + ")"
	}
	return text + ", from " + human.Figure(r.Measure, r.Base) + " to " + human.Figure(r.Measure, r.New)
}
