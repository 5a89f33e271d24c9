package compare

import (
	"time"

	"github.com/smtpgauge/smtpgauge/results/compare/stats"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// ComparisonFormat names the shape of Comparison.
const ComparisonFormat = "smtpgauge.comparison/1"

// A Comparison is how one side differs from the other. It marshals to what
// `compare --format json` prints.
type Comparison struct {
	Format           string              `json:"format"` // "smtpgauge.comparison/1"
	Base             Side                `json:"base"`
	New              Side                `json:"new"`
	Alpha            float64             `json:"alpha"`
	MinEffectPercent float64             `json:"min_effect_percent"`
	Verdict          criteria.Conclusion `json:"verdict"`
	Tested           int                 `json:"tested"`        // metrics, which the p-values are adjusted for
	RoundsNeeded     int                 `json:"rounds_needed"` // a side, before any verdict is possible
	Surroundings     []Surrounding       `json:"surroundings"`
	Rows             []Row               `json:"rows"`
	Gates            []GateResult        `json:"gates,omitempty"`
	Warnings         []string            `json:"warnings"`

	// Alternates tells that the command that is at work makes the rounds, turn by turn, and not
	// another one before.
	Alternates bool `json:"-"`

	oneRun  bool      // both sides are flows of the same runs
	untimed []untimed // in place of rows
}

// A Side says what is on one side.
type Side struct {
	Name   string `json:"name"`
	Runs   int    `json:"runs"`
	Rounds int    `json:"rounds"` // in all runs together

	Started time.Time                  `json:"started"` // the first of its runs
	Target  map[string]*figures.Target `json:"target"`  // by flow

	// RoundTime is how long a round took, on average, with all flows and the warm-up.
	RoundTime time.Duration `json:"round_ns"`
}

func newComparison(o Options) *Comparison {
	return &Comparison{
		Format: ComparisonFormat, MinEffectPercent: 100 * o.interest(), Surroundings: []Surrounding{}, Rows: []Row{}, Warnings: []string{},
	}
}

// newSide describes the runs of a side, of which some flows are compared.
func newSide(runs []*record.Run, flows ...string) Side {
	s := Side{Name: runs[0].Header.Name, Runs: len(runs), Started: runs[0].Header.Started, Target: map[string]*figures.Target{}}
	var took time.Duration
	for _, r := range runs {
		s.Rounds += r.Header.Rounds
		took += max(0, r.End().Time().Sub(r.Header.Started))
		if r.Header.Started.Before(s.Started) {
			s.Started = r.Header.Started
		}
	}
	for _, name := range flows {
		s.Target[name] = figures.TargetOf(name, runs...)
	}
	s.RoundTime = max(0, took) / time.Duration(max(1, s.Rounds))
	return s
}

// Count is how many rows have a verdict.
func (c *Comparison) Count(v stats.Verdict) int {
	n := 0
	for i := range c.Rows {
		if c.Rows[i].Verdict == v {
			n++
		}
	}
	return n
}

// Named are the rows that have a verdict, as FLOW.METRIC.
func (c *Comparison) Named(v stats.Verdict) []string {
	var names []string
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Verdict == v {
			names = append(names, r.Flow+"."+r.Metric)
		}
	}
	return names
}
