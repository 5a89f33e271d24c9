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
	"github.com/smtpgauge/smtpgauge/results/render/export"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// writeJUnit writes runs as test suites. The first test of each is the verdict: FAILED
// is a failure, INVALID and UNDECIDED are errors. The second says whether the
// measurement is valid, apart from the thresholds, which are the others. The tables are
// the suite's output.
func writeJUnit(w io.Writer, list []*document) error {
	var report export.JUnit
	for _, res := range list {
		s, err := res.junit()
		if err != nil {
			return err
		}
		report.Add(s)
	}
	return report.Write(w)
}

func (res *document) junit() (export.JUnitSuite, error) {
	var tables bytes.Buffer
	if err := writeTables(&tables, res, Options{Width: 120, All: true}); err != nil {
		return export.JUnitSuite{}, err
	}
	properties := []export.JUnitProperty{
		property("verdict", string(res.Verdict.Word)), property("reason", printable.Text(res.Verdict.Reason)),
		property("clock", printable.Text(res.Clock)), property("seed", fmt.Sprint(res.Seed)), property("version", printable.Text(res.Environment.Version)),
	}
	for name, line := range res.flowTargets() {
		properties = append(properties, property("target."+printable.Text(name), line))
	}
	return export.JUnitSuite{
		Name: printable.Text(res.Name), Time: seconds(res.Elapsed), Timestamp: res.Started.UTC().Format(time.RFC3339),
		Hostname: printable.Text(res.Environment.Host), Output: export.JUnitOutput{Text: tables.String()},
		Property: properties,
		Cases:    append([]export.JUnitCase{res.verdictCase(), res.validityCase()}, res.thresholdCases()...),
	}, nil
}

func property(name, value string) export.JUnitProperty {
	return export.JUnitProperty{Name: name, Value: value}
}

func (res *document) verdictCase() export.JUnitCase {
	v := &res.Verdict
	c := export.JUnitCase{Class: "verdict", Name: "verdict", Time: seconds(res.Elapsed), Output: &export.JUnitOutput{Text: printable.Text(res.answer())}}
	problem := &export.JUnitProblem{Type: strings.ToLower(string(v.Word)), Message: printable.Text(v.String())}
	for _, why := range v.Why() {
		problem.Text += printable.Text(why) + "\n"
	}
	switch v.Word {
	case criteria.Pass:
	case criteria.Failed:
		c.Failure = problem
	default:
		c.Error = problem
	}
	return c
}

func (res *document) validityCase() export.JUnitCase {
	c := export.JUnitCase{Class: "verdict", Name: "measurement is valid", Time: "0"}
	if len(res.Verdict.Reasons) == 0 {
		return c
	}
	c.Error = &export.JUnitProblem{Type: "invalid-measurement", Message: "do not rely on these figures"}
	for _, r := range res.Verdict.Reasons {
		c.Error.Text += printable.Text(r) + "\n"
	}
	return c
}

func (res *document) thresholdCases() []export.JUnitCase {
	var list []export.JUnitCase
	for _, t := range res.Thresholds {
		c := export.JUnitCase{Class: "thresholds", Name: printable.Text(t.Expr), Time: "0"}
		if !t.OK {
			c.Failure = &export.JUnitProblem{Type: "threshold-missed", Message: printable.Text(thresholdText(&t)), Text: printable.Text(t.Expr + ": " + thresholdText(&t))}
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
	return "it is " + human.Figure(t.Metric.Unit(), *t.Value)
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
	s := export.JUnitSuite{Name: printable.Text(c.title()), Time: "0", Output: export.JUnitOutput{Text: tables.String()}}
	s.Property = append(s.Property, property("verdict", string(c.Verdict.Word)), property("reason", printable.Text(c.Verdict.Reason)))
	for _, side := range []struct {
		name   string
		values func(*compare.Surrounding) []string
	}{
		{"base", func(s *compare.Surrounding) []string { return s.Base }},
		{"new", func(s *compare.Surrounding) []string { return s.New }},
	} {
		for i := range c.Surroundings {
			about := &c.Surroundings[i]
			s.Property = append(s.Property, property(printable.Text(side.name+"."+about.Name), printable.Text(strings.Join(side.values(about), ", "))))
		}
	}
	for i := range c.Gates {
		s.Cases = append(s.Cases, gateCase(&c.Gates[i]))
	}
	for i := range c.Rows {
		s.Cases = append(s.Cases, c.rowCase(&c.Rows[i]))
	}
	var report export.JUnit
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

func gateCase(g *compare.GateResult) export.JUnitCase {
	c := export.JUnitCase{Class: "gates", Name: printable.Text(g.Name()), Time: "0"}
	problem := &export.JUnitProblem{Message: printable.Text(g.Reason), Text: printable.Text(g.Name() + ": " + g.Reason)}
	switch {
	case g.OK && g.Reason != "":
		c.Output = &export.JUnitOutput{Text: problem.Text}
	case g.OK:
	case g.Known:
		problem.Type, c.Failure = "gate-missed", problem
	default:
		problem.Type, c.Error = "gate-undecided", problem
	}
	return c
}

// rowCase is a row as a test. If there are gates, they alone decide what fails.
func (c comparison) rowCase(r *compare.Row) export.JUnitCase {
	x := export.JUnitCase{Class: printable.Text(r.Flow), Name: r.Metric, Time: "0"}
	text := printable.Text(rowSentence(r))
	switch {
	case r.Verdict == stats.TooFewRuns:
		x.Skipped = &export.JUnitSkipped{Message: text}
	case r.Verdict == stats.Worse && len(c.Gates) == 0:
		x.Failure = &export.JUnitProblem{Type: string(r.Verdict), Message: text, Text: text}
	default:
		x.Output = &export.JUnitOutput{Text: text}
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
