package render

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/compare"
	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/results/render/table"
)

// page is a comparison as a page to look at. The plot has the rows that a terminal
// shows; the table below it has all.
func (c comparison) page(o Options) *page.Page {
	p := &page.Page{
		Title: printable.Text(c.title()), Subtitle: printable.Text(c.subtitle()), Targets: c.targets(), Warnings: printableAll(c.Warnings),
		Conclusion: c.conclusion(), Checks: c.checks(), ChecksOf: "Gates",
		Comparisons: "Each " + c.level() + " interval holds by itself. The verdicts are adjusted for the " +
			human.CountOf(int64(c.Tested), "metric") + " tested.",
	}
	hidden := 0
	for i := range c.Rows {
		if r := &c.Rows[i]; o.All || isTelling(r) {
			p.Comparison = append(p.Comparison, plottedRow(r))
		} else {
			hidden++
		}
	}
	if hidden > 0 {
		p.Comparisons += " " + human.CountOf(int64(hidden), "metric") + " of phases, in which no change shows, are in the table alone."
	}
	rows := c.rowSection(Options{All: true})
	rows.Title = "All metrics"
	metrics := pageTable(&rows)
	metrics.Open, metrics.Columns[0].Whole, metrics.Columns[1].Whole = true, true, true
	p.Tables = append(p.Tables, metrics)
	if around := c.surroundingSection(); len(around.Rows) > 0 {
		sides := pageTable(&around)
		sides.Open, sides.Columns[0].Whole, sides.Columns[1].Roomy = true, true, true
		p.Tables = append(p.Tables, sides)
	}
	return p
}

// subtitle says of how much on each side.
func (c comparison) subtitle() string {
	sides := []string{human.CountOf(int64(c.Base.Rounds), "round") + " as the base", human.CountOf(int64(c.New.Rounds), "round") + " as the new side"}
	if c.MinEffectPercent > 0 {
		sides = append(sides, "smallest effect of interest "+human.Percent(c.MinEffectPercent))
	}
	return strings.Join(sides, " · ")
}

// conclusion is what the command ends with, in words.
func (c comparison) conclusion() *page.Conclusion {
	v := &page.Conclusion{Good: true, Text: "Nothing is worse"}
	missed, open := 0, 0
	for i := range c.Gates {
		switch g := &c.Gates[i]; {
		case g.OK:
		case g.Known:
			missed++
		default:
			open++
		}
	}
	gates := human.CountOf(int64(len(c.Gates)), "gate")
	switch worse := c.Count(stats.Worse); {
	case missed > 0:
		v.Good, v.Text = false, fmt.Sprintf("%d of %s missed", missed, gates)
	case open > 0:
		v.Open, v.Text = true, fmt.Sprintf("%d of %s cannot be decided", open, gates)
	case len(c.Gates) > 0:
		v.Text = gates + " met"
	case worse > 0:
		v.Good, v.Text = false, "Worse in "+human.CountOf(int64(worse), "metric")+" of "+human.Count(int64(len(c.Rows)))
	case c.Count(stats.TooFewRuns) == len(c.Rows):
		v.Open, v.Text = true, "Too few rounds for a verdict"
	}
	for _, line := range c.verdictSection().Lines {
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
		Name: printable.Text(r.Flow + " " + r.Metric), Verdict: string(r.Verdict), Text: r.Change(),
		Estimate: math.NaN(), Low: math.NaN(), High: math.NaN(),
	}
	if r.DeltaPercent == nil {
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
