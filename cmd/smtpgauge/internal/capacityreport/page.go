package capacityreport

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/smtpgauge/smtpgauge/gauge/capacity"
	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/render/page"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A pageData is what the page shows. Its texts are printable.
type pageData struct {
	page.Frame
	Title, Verdict, Class string
	Notes                 []string
	Curve                 *curve   // nil if there is nothing to draw
	Goals                 []string // names of the goals' percentiles, as in the table
	Trials                []pageTrial
}

type pageTrial struct {
	Rate, Achieved, P50, P99 string
	Goals                    []namedTime
	Errors, CutOff           int64
	Seconds                  int
	Outcome, Stage, Why      string
}

// A namedTime is a percentile that a goal limits.
type namedTime struct{ Name, Time string }

func writePage(w io.Writer, r *capacity.Report) error {
	d := pageData{Frame: page.NewFrame(), Title: printable.Text(r.Name), Verdict: printable.Text(r.Verdict.String()), Class: "unsure", Curve: newCurve(r)}
	switch {
	case r.Verdict.Word == criteria.Pass:
		d.Class = "good"
	case r.Verdict.Bad():
		d.Class = "bad"
	}
	for _, n := range notes(r) {
		d.Notes = append(d.Notes, printable.Text(n))
	}
	goals := goalColumns(r)
	for i := range goals {
		d.Goals = append(d.Goals, goals[i].name)
	}
	for _, t := range byRate(r.Trials) {
		p50, p99 := times(t.Response)
		row := pageTrial{
			Rate: human.Rate(t.Rate), Achieved: human.Rate(t.Achieved), P50: p50, P99: p99, Errors: t.Errors, CutOff: t.CutOff,
			Seconds: t.Seconds, Outcome: string(t.Outcome), Stage: string(t.Stage), Why: printable.Text(t.Why),
		}
		for i := range goals {
			row.Goals = append(row.Goals, namedTime{d.Goals[i], goals[i].of(&t)})
		}
		d.Trials = append(d.Trials, row)
	}
	return pageTemplate.Execute(w, d)
}
