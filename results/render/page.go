package render

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/render/charts"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// writePage writes a run as a page to look at.
func writePage(w io.Writer, r *record.Run) error {
	p, err := pageOf(r)
	if err != nil {
		return err
	}
	return page.Write(w, p)
}

func pageOf(r *record.Run) (*page.Page, error) {
	res := newDocument(r)
	over, err := charts.Timeline(r)
	if err != nil {
		return nil, err
	}
	return &page.Page{
		Title: printable.Text(res.Name), Subtitle: printable.Text(res.subtitle()), Targets: res.targets(),
		Conclusion: res.conclusion(), Tiles: res.tiles(r), Answers: page.Printable(res.keptUp()), Limits: res.limits(), Checks: res.checks(),
		Flows: res.overview(), TimeNames: timeColumns, FlowNotes: page.Printable(res.timesNote()), Timeline: over, Curves: charts.Curves(r, res.Result),
		Breakdowns: res.breakdowns(), Rounds: res.roundStrips(), Costs: compared.CostPlots(res.Matrix), Tables: res.pageTables(),
	}, nil
}

// subtitle is how and where the run was made.
func (res *document) subtitle() string {
	e := &res.Environment
	return strings.Join(nonEmpty(append(res.circumstances(), e.Host, e.OS+"/"+e.Arch, human.CountOf(int64(e.Cores), "core"))...), " · ")
}

// conclusion is the word and its reason. The other failures and reasons follow.
func (res *document) conclusion() *page.Conclusion {
	c := &page.Conclusion{
		Good: res.Verdict.Word == criteria.Pass, Open: res.Verdict.Word == criteria.Undecided, Word: string(res.Verdict.Word),
		Text: printable.Text(res.Verdict.String()), Notes: page.Printable(res.Verdict.Notes),
	}
	c.Reasons = page.Printable(res.otherReasons())
	return c
}

// limits are the findings.
func (res *document) limits() []page.Limit {
	var list []page.Limit
	for i := range res.Findings {
		f := &res.Findings[i]
		list = append(list, page.Limit{Says: printable.Text(findingLine(f)), Sure: printable.Text(string(f.Sure)), Is: printable.Text(f.Is), Do: printable.Text(f.Do)})
	}
	return list
}

func (res *document) checks() []page.Check {
	var list []page.Check
	for _, t := range res.Thresholds {
		list = append(list, page.Check{Text: printable.Text(t.Expr), Value: t.Found(), Reason: printable.Text(t.Reason), OK: t.OK, Open: t.Undecided})
	}
	return list
}

func (res *document) overview() []page.Flow {
	fastest := 0.0
	for _, f := range res.FlowsInOrder() {
		fastest = max(fastest, f.Rate)
	}
	var list []page.Flow
	for name, f := range res.FlowsInOrder() {
		row := page.Flow{
			Name: printable.Text(name), Label: printable.Text(f.Label) + ", " + string(f.Load) + " load", Rate: human.NoSamples,
			Errors: human.NoSamples, Bad: f.Messages.Unaccepted() > 0,
		}
		if f.Window > 0 {
			row.Rate = human.Rate(f.Rate)
		}
		if fastest > 0 {
			row.RateShare = f.Rate / fastest
		}
		if share, ok := f.Messages.ErrorShare(); ok {
			row.Errors = human.Share(share)
		}
		for _, c := range timeCells(f.Judged()) {
			row.Times = append(row.Times, c.Text)
		}
		list = append(list, row)
	}
	return list
}

// The phases that a session takes beside its messages, and those that make a
// message.
var (
	sessionParts = sample.ServerPhasesOf(sample.SetUp, sample.Farewell)
	messageParts = sample.PhasesOf(sample.InMessage)
)

// breakdowns are what a message and what a session is made of, by the mean.
// Means add up, percentiles do not.
func (res *document) breakdowns() []page.Breakdown {
	messageParts, sessionParts := res.measured(messageParts), res.measured(sessionParts)
	message := page.Breakdown{
		Title: "What a message is made of", Folded: true, Parts: phaseNames(messageParts),
		Note: "Mean service times of a message; if some failed, of all messages begun. What is missing up to the mark is the sending, and the generator's own time.",
	}
	session := page.Breakdown{
		Title: "What a session costs beside its messages", Parts: phaseNames(sessionParts),
		Note: "Mean service times of a session: its set-up and its end.",
	}
	i, overlap := 0, false
	for _, f := range res.FlowsInOrder() {
		if d := f.Phase(sample.SpanMessage).Time(sample.Service); d != nil {
			row := breakdownOf(f, i, messageParts, begun(f, d))
			row.Mark = meanOf(d, f.Unfinished)
			overlap = overlap || float64(row.Sum()) > 1.01*float64(row.Mark) // more than rounding adds
			message.Rows = append(message.Rows, row)
		}
		if f.Sessions.Started > 0 {
			session.Rows = append(session.Rows, breakdownOf(f, i, sessionParts, f.Sessions.Started))
		}
		i++
	}
	if overlap {
		message.Note += " An earlier version made this run file: it timed pipelined commands one by one, so they overlap and go beyond the mark."
	}
	return []page.Breakdown{session, message}
}

// measured are the phases of a list that some flow has.
func (res *document) measured(phases []sample.Phase) []sample.Phase {
	return slices.DeleteFunc(slices.Clone(phases), func(p sample.Phase) bool {
		for _, f := range res.FlowsInOrder() {
			if f.Phase(p) != nil {
				return false
			}
		}
		return true
	})
}

// begun is how many messages of a flow were begun: those whose body was answered, and
// those that ended before.
func begun(f *figures.Flow, answered *figures.Distribution) int64 {
	if f.Unfinished == nil {
		return answered.Count
	}
	return answered.Count + f.Unfinished.Count
}

// meanOf is the mean of both; the second may be nil.
func meanOf(a, b *figures.Distribution) time.Duration {
	if b == nil {
		return a.Mean
	}
	sum := float64(a.Mean)*float64(a.Count) + float64(b.Mean)*float64(b.Count)
	return time.Duration(sum / float64(a.Count+b.Count))
}

// breakdownOf spreads the times of phases over n of what they are parts of.
func breakdownOf(f *figures.Flow, flow int, parts []sample.Phase, n int64) page.BreakdownRow {
	row := page.BreakdownRow{Flow: flow, Times: make([]time.Duration, len(parts))}
	for i, phase := range parts {
		if d := f.Phase(phase).Time(sample.Service); d != nil {
			row.Times[i] = time.Duration(float64(d.Mean) * float64(d.Count) / float64(n))
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
func (res *document) roundStrips() []page.Rounds {
	strips := []page.Rounds{{Title: "p50 of messages"}, {Title: "p99 of messages"}, {Title: "messages a second"}}
	units := []criteria.Unit{criteria.Time, criteria.Time, criteria.PerSecond}
	found, i := false, 0
	for _, f := range res.FlowsInOrder() {
		for n := range strips {
			row := page.RoundsRow{Flow: i}
			for k := range f.Rounds {
				if v, ok := figures.HeadlineKinds[n].Figure(f, &f.Rounds[k]); ok {
					row.Values, row.Texts = append(row.Values, v), append(row.Texts, human.Figure(units[n], v))
				}
			}
			if len(row.Values) > 0 {
				strips[n].Rows = append(strips[n].Rows, row)
				found = true
			}
		}
		i++
	}
	if !found {
		return nil
	}
	return strips
}

// pageTables are the sections of the report that the page does not show otherwise.
func (res *document) pageTables() []page.Table {
	var list []page.Table
	for _, s := range res.report() {
		if s.ID == validityID || s.ID == thresholdsID || s.ID == findingsID {
			continue // the verdict has them
		}
		t := page.TableOf(&s)
		t.Open = s.ID == errorsID || s.ID == stagesID || s.ID == agentsID && res.lostAgents() > 0
		list = append(list, t)
	}
	return list
}
