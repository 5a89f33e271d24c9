package results

import (
	"io"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/report"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// writePage writes a run as a page to look at.
func writePage(w io.Writer, r *Run) error {
	p, err := r.page()
	if err != nil {
		return err
	}
	return report.Write(w, p)
}

func (r *Run) page() (*report.Page, error) {
	res := newDocument(r)
	timeline, err := r.timeline()
	if err != nil {
		return nil, err
	}
	return &report.Page{
		Title: printable.Text(res.Name), Subtitle: printable.Text(res.subtitle()), Verdict: res.pageVerdict(), Checks: res.checks(),
		Flows: res.overview(), FlowNotes: printableAll(res.timesNote()), Timeline: timeline, Curves: r.curves(res),
		Breakdowns: res.breakdowns(), Rounds: res.roundStrips(), Matrices: res.Matrix.figures(), Tables: res.pageTables(),
	}, nil
}

// subtitle is the heading without the name.
func (res *document) subtitle() string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(res.heading(), res.Name), " · ")
	e := &res.Environment
	return strings.Join(nonEmpty(rest, e.Host, e.OS+"/"+e.Arch, countOf(int64(e.Cores), "core")), " · ")
}

func (res *document) pageVerdict() *report.Verdict {
	v := &report.Verdict{
		Good: res.Verdict.Valid, Text: "The measurement is valid",
		Reasons: printableAll(res.Verdict.Reasons), Notes: printableAll(res.Verdict.Notes),
	}
	if !v.Good {
		v.Text = "INVALID: do not rely on these figures"
	}
	return v
}

func (res *document) checks() []report.Check {
	var list []report.Check
	for _, t := range res.Thresholds {
		c := report.Check{Text: printable.Text(t.Expr), Value: noSamples, Reason: printable.Text(t.Reason), OK: t.OK}
		if t.Value != nil {
			c.Value = humanFigure(t.Metric.Unit(), *t.Value)
		}
		list = append(list, c)
	}
	return list
}

func (res *document) overview() []report.Flow {
	fastest := 0.0
	res.eachFlow(func(_ string, f *FlowFigures) { fastest = max(fastest, f.Rate) })
	var list []report.Flow
	res.eachFlow(func(name string, f *FlowFigures) {
		row := report.Flow{
			Name: printable.Text(name), Label: printable.Text(f.Label) + ", " + string(f.Load) + " load", Rate: noSamples,
			Errors: noSamples, Bad: f.Messages.unaccepted() > 0,
		}
		if f.Window > 0 {
			row.Rate = humanRate(f.Rate)
		}
		if fastest > 0 {
			row.RateShare = f.Rate / fastest
		}
		if share, ok := f.Messages.errorShare(); ok {
			row.Errors = humanShare(share)
		}
		for _, c := range f.Judged().times() {
			row.Times = append(row.Times, c.text)
		}
		list = append(list, row)
	})
	return list
}

// parts of a session that are told as what a session costs, and those that
// make a message.
var (
	sessionParts = sample.PhasesOf(sample.SetUp, sample.Farewell)
	messageParts = sample.PhasesOf(sample.InMessage)
)

// breakdowns are what a message and what a session is made of, by the mean.
// Means add up, percentiles do not.
func (res *document) breakdowns() []report.Breakdown {
	message := report.Breakdown{
		Title: "What a message is made of", Parts: phaseNames(messageParts),
		Note: "Mean service times of a message. What is missing up to the mark is the sending and the generator's own; pipelined phases overlap, so that theirs go beyond it.",
	}
	session := report.Breakdown{
		Title: "What a session costs beside its messages", Parts: phaseNames(sessionParts),
		Note: "Mean service times of a session: its set-up and its end.",
	}
	i := 0
	res.eachFlow(func(_ string, f *FlowFigures) {
		if p := f.Phases[sample.SpanMessage.String()]; p != nil && p.Service != nil {
			row := f.breakdown(i, messageParts, p.Service.Count)
			row.Mark = time.Duration(p.Service.Mean)
			message.Rows = append(message.Rows, row)
		}
		if f.Sessions.Started > 0 {
			session.Rows = append(session.Rows, f.breakdown(i, sessionParts, f.Sessions.Started))
		}
		i++
	})
	return []report.Breakdown{message, session}
}

// breakdown spreads the times of phases over n of what they are parts of.
func (f *FlowFigures) breakdown(flow int, parts []sample.Phase, n int64) report.BreakdownRow {
	row := report.BreakdownRow{Flow: flow, Times: make([]time.Duration, len(parts))}
	for i, phase := range parts {
		if p := f.Phases[phase.String()]; p != nil && p.Service != nil {
			row.Times[i] = time.Duration(float64(p.Service.Mean) * float64(p.Service.Count) / float64(n))
		}
	}
	return row
}

func phaseNames(phases []sample.Phase) []string {
	var names []string
	for _, p := range phases {
		names = append(names, p.String())
	}
	return names
}

// roundStrips are the headlines round by round.
func (res *document) roundStrips() []report.Rounds {
	strips := []report.Rounds{{Title: "p50 of messages"}, {Title: "p99 of messages"}, {Title: "messages a second"}}
	units := []criteria.Unit{criteria.Time, criteria.Time, criteria.PerSecond}
	found, i := false, 0
	res.eachFlow(func(_ string, f *FlowFigures) {
		for n := range strips {
			row := report.RoundsRow{Flow: i}
			for k := range f.Rounds {
				if v, ok := headlineKinds[n].figure(f, &f.Rounds[k]); ok {
					row.Values, row.Texts = append(row.Values, v), append(row.Texts, humanFigure(units[n], v))
				}
			}
			if len(row.Values) > 0 {
				strips[n].Rows = append(strips[n].Rows, row)
				found = true
			}
		}
		i++
	})
	if !found {
		return nil
	}
	return strips
}

// pageTables are the sections of the report that the page has nowhere else.
func (res *document) pageTables() []report.Table {
	var list []report.Table
	for _, s := range res.report() {
		if s.title == "Verdict" || s.title == "Thresholds" {
			continue
		}
		t := s.reportTable()
		t.Open = s.title == "Errors"
		list = append(list, t)
	}
	return list
}

func reportColumns(columns []column) []report.Column {
	var list []report.Column
	for _, c := range columns {
		list = append(list, report.Column{Name: printable.Text(c.name), Left: c.left})
	}
	return list
}

func (s *section) reportTable() report.Table {
	t := report.Table{Title: printable.Text(s.title), Columns: reportColumns(s.columns), Lines: reportCells(s.lines)}
	for _, row := range s.rows {
		t.Rows = append(t.Rows, reportCells(row))
	}
	return t
}

func reportCells(cells []cell) []report.Cell {
	var list []report.Cell
	for _, c := range cells {
		list = append(list, report.Cell{Text: printable.Text(c.text), Bad: c.bad})
	}
	return list
}

func printableAll(texts []string) []string {
	var list []string
	for _, t := range texts {
		list = append(list, printable.Text(t))
	}
	return list
}
