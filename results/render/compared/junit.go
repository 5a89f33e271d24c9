package compared

import (
	"bytes"
	"io"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/junit"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// JUnit writes a comparison as a test suite, in which a CI
// system shows red what ends the command in an error and nothing else: each gate
// is a case, and so is each row. A gate that is missed is a failure, and one that
// cannot be decided an error. A row that is worse is a failure if there are no
// gates; a row without a verdict is skipped.
func JUnit(w io.Writer, compared *compare.Comparison) error {
	c := comparison{compared}
	var tables bytes.Buffer
	if err := table.Draw(&tables, c.report(true), table.Terminal{Width: 120}); err != nil {
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
