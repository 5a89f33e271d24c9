package compared

import (
	"math"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// Page is a comparison as a page to look at.
func Page(of *compare.Comparison) *page.Page {
	c := comparison{of}
	p := &page.Page{
		Title: printable.Text(c.title()), Subtitle: printable.Text(c.subtitle()), Targets: c.targets(), Warnings: page.Printable(c.Warnings),
		Conclusion: c.answer(), Checks: c.checks(), ChecksOf: "Gates",
		Comparisons: "Each " + c.level() + " interval holds by itself. The verdicts are adjusted for the " +
			human.CountOf(int64(c.Tested), "metric") + " tested.",
	}
	for i := range c.Rows {
		p.Comparison = append(p.Comparison, plottedRow(&c.Rows[i]))
	}
	rows := c.rowSection(true)
	rows.Title = "All metrics"
	metrics := page.TableOf(&rows)
	metrics.Open, metrics.Columns[0].Whole, metrics.Columns[1].Whole = true, true, true
	p.Tables = append(p.Tables, metrics)
	if around := c.surroundingSection(); len(around.Rows) > 0 {
		sides := page.TableOf(&around)
		sides.Open, sides.Columns[0].Whole, sides.Columns[1].Roomy = true, true, true
		p.Tables = append(p.Tables, sides)
	}
	return p
}

// subtitle says of how much on each side.
func (c comparison) subtitle() string {
	sides := []string{human.CountOf(int64(c.Base.Rounds), "round") + " as the base", human.CountOf(int64(c.New.Rounds), "round") + " as the new side"}
	sides = append(sides, "a change of "+human.Percent(c.MinEffectPercent)+" matters")
	return strings.Join(sides, " · ")
}

// answer is the conclusion with the findings.
func (c comparison) answer() *page.Conclusion {
	v := &page.Conclusion{Good: c.Verdict.Word == criteria.Pass, Open: c.Verdict.Word == criteria.Undecided, Text: printable.Text(c.Verdict.String())}
	for _, line := range c.findingSection().Lines {
		v.Reasons = append(v.Reasons, printable.Text(line.Text))
	}
	return v
}

func (c comparison) checks() []page.Check {
	var list []page.Check
	for i := range c.Gates {
		g := &c.Gates[i]
		list = append(list, page.Check{Text: printable.Text(g.Name()), Reason: printable.Text(g.Reason), OK: g.OK, Open: !g.Known})
	}
	return list
}

// plottedRow is a row in the plot.
func plottedRow(r *compare.Row) page.ComparisonRow {
	i := page.ComparisonRow{
		Name: printable.Text(r.Flow + " " + r.Metric), Verdict: rowVerdict(r), Text: r.Change(),
		Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(),
	}
	if r.DeltaPercent == nil || r.Measure == criteria.Share {
		if interval := changeInterval(r); interval != "" {
			i.Text += " (" + interval + ")"
		}
		return i
	}
	i.Estimate = *r.DeltaPercent
	if interval := changeInterval(r); interval != "" {
		i.Text += " (" + interval + ")"
	}
	if p := r.IntervalPercent; p != nil {
		i.Low, i.High = p[0], p[1]
	}
	return i
}

// surroundingSection is what both sides were made in; what differs stands out.
func (c comparison) surroundingSection() table.Section {
	s := table.Section{Title: "Surroundings", Columns: []table.Column{{Name: "", Left: true}, {Name: "base", Left: true}, {Name: "new", Left: true}}}
	for i := range c.Surroundings {
		about := &c.Surroundings[i]
		row := []table.Cell{{Text: about.Name}}
		for _, side := range [][2][]string{{about.Base, about.New}, {about.New, about.Base}} {
			text := strings.Join(side[0], ", ")
			row = append(row, table.Cell{Text: text, Bad: about.Differs && !slices.Equal(side[0], side[1])})
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}
