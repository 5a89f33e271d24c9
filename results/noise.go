package results

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/smtpgauge/smtpgauge/results/stats"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// NoiseFormat names the shape of Noise.
const NoiseFormat = "smtpgauge.noise/1"

// A Noise is how much a set-up's figures vary while nothing changes, and so how
// small a change it can see.
type Noise struct {
	Format   string     `json:"format"` // "smtpgauge.noise/1"
	Name     string     `json:"name"`
	Rounds   [2]int     `json:"rounds"` // of either side
	Alpha    float64    `json:"alpha"`
	Tested   int        `json:"tested"`
	Rows     []NoiseRow `json:"rows"`
	Differ   []string   `json:"differ"` // metrics called different although nothing was
	Warnings []string   `json:"warnings"`
}

// A NoiseRow is one metric of one flow.
type NoiseRow struct {
	Flow   string  `json:"flow"`
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Median float64 `json:"median"`

	// NoisePercent is the standard deviation from round to round;
	// ResolvablePercent the smallest change that as many rounds a side as were
	// made find nine times out of ten. Both are null where they cannot be told.
	NoisePercent      *float64      `json:"noise_percent"`
	ResolvablePercent *float64      `json:"resolvable_percent"`
	RoundsFor         []RoundsToSee `json:"rounds_for,omitempty"`

	unit     criteria.Unit
	headline bool
}

// RoundsToSee is how many rounds a side it takes to find a change nine times
// out of ten.
type RoundsToSee struct {
	ChangePercent float64 `json:"change_percent"`
	Rounds        int     `json:"rounds"`
}

// soughtChanges are those that people ask for, in per cent.
var soughtChanges = []float64{1, 3, 5, 10}

// MeasureNoise compares two sides that are alike: runs of the same scenario
// against the same server.
func MeasureNoise(a, b []*Run, o CompareOptions) (*Noise, error) {
	c, err := Compare(a, b, o)
	if err != nil {
		return nil, err
	}
	n := &Noise{
		Format: NoiseFormat, Name: c.Base.Name, Rounds: [2]int{c.Base.Rounds, c.New.Rounds},
		Alpha: c.Alpha, Tested: c.Tested, Rows: []NoiseRow{}, Differ: append(c.named(stats.Worse), c.named(stats.Better)...),
		Warnings: c.Warnings,
	}
	if n.Differ == nil {
		n.Differ = []string{}
	}
	for i := range c.Rows {
		n.Rows = append(n.Rows, newNoiseRow(&c.Rows[i], c))
	}
	return n, nil
}

func newNoiseRow(r *Row, c *Comparison) NoiseRow {
	row := NoiseRow{
		Flow: r.Flow, Metric: r.Metric, Unit: r.Unit, Median: r.Base, ResolvablePercent: r.ResolvablePercent,
		unit: r.unit, headline: r.headline,
	}
	if r.noise != nil {
		row.NoisePercent = new(100 * *r.noise)
		for _, change := range soughtChanges {
			row.RoundsFor = append(row.RoundsFor, RoundsToSee{change, stats.RoundsFor(*r.noise, change/100, c.Alpha, c.Tested)})
		}
	}
	return row
}

// NoiseFormats returns the names of the formats that WriteNoise knows.
func NoiseFormats() []string { return []string{"table", "json", "markdown"} }

// WriteNoise writes a noise in one of NoiseFormats. The table and Markdown
// leave out phases, unless o.All.
func WriteNoise(w io.Writer, format string, n *Noise, o WriteOptions) error {
	if !slices.Contains(NoiseFormats(), format) {
		return errors.New("no format of noise is named " + format)
	}
	if format == "json" {
		return writeJSON(w, n)
	}
	sections := slices.DeleteFunc([]section{n.warningSection(), n.rowSection(o.All), n.verdictSection()},
		func(s section) bool { return len(s.rows)+len(s.lines) == 0 })
	heading := fmt.Sprintf("%s · nothing changed, %d and %d rounds", n.Name, n.Rounds[0], n.Rounds[1])
	if format == "markdown" {
		return markdownReport(w, heading, sections)
	}
	return drawReport(w, heading, sections, o)
}

func (n *Noise) warningSection() section {
	s := section{title: "Warnings"}
	for _, w := range n.Warnings {
		s.lines = append(s.lines, cell{w, true})
	}
	return s
}

func (n *Noise) rowSection(all bool) section {
	s := section{title: "Noise", each: true, columns: []column{{name: "flow", left: true}, {name: "metric", left: true}}}
	s.columns = append(s.columns, numbers("median", "noise", "sees")...)
	for _, change := range soughtChanges {
		s.columns = append(s.columns, column{name: fmt.Sprintf("for %g %%", change)})
	}
	for i := range n.Rows {
		if r := &n.Rows[i]; all || r.headline {
			s.rows = append(s.rows, r.cells())
		}
	}
	s.lines = plain(
		"noise: the standard deviation from round to round.",
		"sees: the smallest change that so many rounds a side find nine times out of ten, while "+countOf(int64(n.Tested), "metric")+
			" are tested. for: how many rounds a side it takes to find a change of that size.",
	)
	return s
}

func (r *NoiseRow) cells() []cell {
	cells := plain(r.Flow, r.Metric, humanFigure(r.unit, r.Median), noSamples, noSamples)
	if r.NoisePercent != nil {
		cells[3].text = percent(*r.NoisePercent)
	}
	if r.ResolvablePercent != nil {
		cells[4].text = percent(*r.ResolvablePercent)
	}
	for i := range soughtChanges {
		text := noSamples
		if len(r.RoundsFor) > 0 {
			text = humanCount(int64(r.RoundsFor[i].Rounds))
		}
		cells = append(cells, cell{text: text})
	}
	return cells
}

func (n *Noise) verdictSection() section {
	s := section{title: "Verdict"}
	for i := range n.Rows {
		r := &n.Rows[i]
		if r.Metric != messageMedian && r.Metric != responseMedian || !r.headline {
			continue
		}
		text := fmt.Sprintf("%s: %d rounds a side are too few for any verdict", r.Flow, min(n.Rounds[0], n.Rounds[1]))
		if r.ResolvablePercent != nil {
			text = fmt.Sprintf("%s: the smallest change of %s this set-up can see with %d rounds a side is %s",
				r.Flow, r.Metric, min(n.Rounds[0], n.Rounds[1]), percent(*r.ResolvablePercent))
		}
		s.lines = append(s.lines, cell{text: text})
	}
	if len(n.Differ) == 0 {
		s.lines = append(s.lines, cell{text: "as it should be, no metric differs between sides that are alike"})
		return s
	}
	text := fmt.Sprintf("%s between sides that are alike: the set-up drifts, or this is the false alarm that %s of such comparisons raise: ",
		plural(len(n.Differ), "metric differs", "metrics differ"), percent(100*n.Alpha))
	for i, name := range n.Differ {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	s.lines = append(s.lines, cell{text, true})
	return s
}

const (
	messageMedian  = "message.p50"
	responseMedian = "message.response.p50"
)

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
