package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// NoiseFormat names the shape of Noise.
const NoiseFormat = "smtpgauge.noise/1"

// A Noise is how much the figures of a set-up vary while nothing changes, and so how
// small a change the set-up can see. It marshals to JSON as docs/json.md has it.
type Noise struct {
	Format   string              `json:"format"` // "smtpgauge.noise/1"
	Name     string              `json:"name"`
	Rounds   [2]int              `json:"rounds"` // of either side
	Alpha    float64             `json:"alpha"`
	Tested   int                 `json:"tested"`
	Rows     []NoiseRow          `json:"rows"`
	Differ   []string            `json:"differ"` // metrics that were judged different although nothing was
	Verdict  criteria.Conclusion `json:"verdict"`
	Warnings []string            `json:"warnings"`
}

// A NoiseRow is one metric of one flow.
type NoiseRow struct {
	Flow   string  `json:"flow"`
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Median float64 `json:"median"`

	// NoisePercent is the standard deviation from round to round;
	// ResolvablePercent the smallest change that as many rounds a side as were
	// made find nine times out of ten. Both are null if they are not known.
	NoisePercent      *float64      `json:"noise_percent"`
	ResolvablePercent *float64      `json:"resolvable_percent"`
	RoundsFor         []RoundsToSee `json:"rounds_for,omitempty"`

	Measure criteria.Unit `json:"-"` // Unit, typed
}

// RoundsToSee is how many rounds a side it takes to find a change nine times
// out of ten.
type RoundsToSee struct {
	ChangePercent float64 `json:"change_percent"`
	Rounds        int     `json:"rounds"`
}

// SoughtChanges are the sizes of change, in per cent, that Row.RoundsFor is about.
var SoughtChanges = []float64{1, 3, 5, 10}

// MeasureNoise compares two sides that are alike: runs of the same scenario against
// the same server. The error is as Compare's.
func MeasureNoise(a, b []*record.Run, o Options) (*Noise, error) {
	c, err := Compare(a, b, o)
	if err != nil {
		return nil, err
	}
	n := &Noise{
		Format: NoiseFormat, Name: c.Base.Name, Rounds: [2]int{c.Base.Rounds, c.New.Rounds},
		Alpha: c.Alpha, Tested: c.Tested, Rows: []NoiseRow{}, Differ: slices.Concat(c.Named(stats.Worse), c.Named(stats.Better), c.Named(stats.Differs)),
		Warnings: c.Warnings,
	}
	if n.Differ == nil {
		n.Differ = []string{}
	}
	for i := range c.Rows {
		n.Rows = append(n.Rows, newNoiseRow(&c.Rows[i], c))
	}
	n.Verdict = n.conclude(c)
	return n, nil
}

// conclude comes to a conclusion. Rounds that could have shown nothing are no praise.
func (n *Noise) conclude(c *Comparison) criteria.Conclusion {
	if len(n.Differ) > 0 {
		return criteria.Conclusion{Word: criteria.Failed, Reason: fmt.Sprintf(
			"%s although nothing was changed: the set-up drifts, or this is the false alarm that %s of such comparisons raise: %s",
			human.Plural(len(n.Differ), "metric differs", "metrics differ"), human.Percent(100*n.Alpha), strings.Join(n.Differ, ", "))}
	}
	if c.Verdict.Word == criteria.Undecided {
		return c.Verdict
	}
	reason := "nothing differs where nothing was changed"
	for i := range c.Rows {
		if r := &c.Rows[i]; r.ResolvablePercent != nil {
			reason += fmt.Sprintf(", and a change of %s.%s by %s or more would show", r.Flow, r.Metric, human.Percent(*r.ResolvablePercent))
			break
		}
	}
	return criteria.Conclusion{Word: criteria.Pass, Reason: reason}
}

func newNoiseRow(r *Row, c *Comparison) NoiseRow {
	row := NoiseRow{
		Flow: r.Flow, Metric: r.Metric, Unit: r.Unit, Median: r.Base, ResolvablePercent: r.ResolvablePercent,
		Measure: r.Measure,
	}
	if r.noise != nil {
		row.NoisePercent = new(100 * *r.noise)
		for _, change := range SoughtChanges {
			row.RoundsFor = append(row.RoundsFor, RoundsToSee{change, stats.RoundsFor(*r.noise, change/100, c.Alpha, c.Tested)})
		}
	}
	return row
}
