package console

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Progress is how far a run is, as the display shows it.
type Progress struct {
	Turn     string // which of several runs it is; "" if it is the only one
	Draining bool   // nothing new begins any more

	*live.Standing
}

// NewProgress returns the progress of a plan's run at the end of an interval.
func NewProgress(p *loadgen.Plan, i *record.Progress) Progress {
	return Progress{Standing: live.At(p, i)}
}

// clock is how long the run has lasted and how long it goes on, in whole seconds as
// scenarios write durations: "18s of 31s, 13s left".
func (p *Progress) clock() string {
	elapsed, left := p.Elapsed.Round(time.Second), p.Remains.Left.Round(time.Second)
	switch {
	case p.Draining:
		return fmt.Sprintf("%v, draining", elapsed)
	case p.Remains.Kind == live.Unknown:
		return elapsed.String()
	case left == 0:
		return fmt.Sprintf("%v, finishing", elapsed)
	case p.Remains.Kind == live.Estimated:
		return fmt.Sprintf("%v, about %v left", elapsed, left)
	}
	return fmt.Sprintf("%v of %v, %v left", elapsed, elapsed+left, left)
}

// round is the round under way; "" if there is one only.
func (p *Progress) round() string {
	if p.Rounds < 2 {
		return ""
	}
	return fmt.Sprintf("round %d of %d", p.Round, p.Rounds)
}

// stage is the stage of the flows under way; "" if they are in different ones, or if
// there is nothing to say.
func (p *Progress) stage() string {
	if flows := p.UnderWay(); len(flows) > 0 && p.sharesStage() {
		return stageText(flows[0].Stage)
	}
	return ""
}

// sharesStage tells whether all flows under way are in the same stage.
func (p *Progress) sharesStage() bool {
	flows := p.UnderWay()
	for i := range flows {
		if flows[i].Stage != flows[0].Stage {
			return false
		}
	}
	return true
}

// stageText is a stage with its rate: "stage 2 of 3: 1,000 messages/s".
func stageText(s live.Stage) string {
	switch {
	case s.Kind == live.Warmup:
		return "warm-up"
	case s.Kind == live.Draining:
		return "draining"
	case s.Number == 0:
		return ""
	}
	rate := human.Rate(float64(s.To))
	if s.From != s.To {
		rate = human.Rate(float64(s.From)) + " to " + rate
	}
	return fmt.Sprintf("stage %d of %d: %s %v/s", s.Number, s.Of, rate, s.Unit)
}

// stageCell is a stage in a column: "2/3".
func stageCell(s live.Stage) string {
	switch {
	case s.Kind == live.Warmup:
		return "warm"
	case s.Kind == live.Draining:
		return "drain"
	case s.Number == 0:
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// quantiles are the flow's p50 and p99.
func quantiles(f *live.Flow) (p50, p99 string) {
	if !f.Measured {
		return human.NoSamples, human.NoSamples
	}
	return human.Duration(f.P50), human.Duration(f.P99)
}

// classes writes errors with their counts: "timeout 13, busy 2".
func classes(errors []live.ClassCount) string {
	var parts []string
	for _, e := range errors {
		parts = append(parts, fmt.Sprintf("%s %s", e.Class, human.Count(e.Count)))
	}
	return strings.Join(parts, ", ")
}

// sessions is how many sessions are open.
func (p *Progress) sessions() string {
	var open int64
	for i := range p.Flows {
		open += int64(p.Flows[i].Open)
	}
	return human.CountOf(open, "session") + " open"
}
