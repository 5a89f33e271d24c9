package console

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// A Progress is how far a run is, as the display shows it.
type Progress struct{ *live.Standing }

// NewProgress returns the progress of a plan's run at the end of an interval.
func NewProgress(p *loadgen.Plan, i *record.Progress) Progress { return Progress{live.At(p, i)} }

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

// sessions is how many sessions are open.
func (p *Progress) sessions() string { return human.CountOf(int64(p.Open()), "session") + " open" }
