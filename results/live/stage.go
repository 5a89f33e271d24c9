package live

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
)

// A Stage is the part of its load that a flow is in.
type Stage struct {
	Kind   StageKind
	Number int // of the load's stages, from 1; 0 unless it has several
	Of     int // how many these are

	From, To pace.Rate // that the load sets for the stage; 0 unless it has several
	Unit     loadgen.Unit
}

// A StageKind tells the load proper from what comes before and after it.
type StageKind uint8

// The kinds of stages.
const (
	Load     StageKind = iota // the load proper
	Warmup                    // before it
	Draining                  // after it: nothing new begins
)

// stage is where the flow was in the middle of the interval, because that is what its
// figures are about.
func (c *course) stage(flow int) Stage {
	if c.draining(flow) {
		return Stage{Kind: Draining}
	}
	at := c.load(flow, c.at.Elapsed-c.at.Length/2)
	if at < 0 && c.plan.Warmup > 0 {
		return Stage{Kind: Warmup}
	}
	load := &c.plan.Flows[flow].Load
	if len(load.Stages) < 2 {
		return Stage{}
	}
	k := stageAt(load.Stages, at)
	s := load.Stages[k]
	return Stage{Number: k + 1, Of: len(load.Stages), From: s.From, To: s.To, Unit: load.Unit}
}

// stageAt is the index of the stage that a load is in after so long; the last one once
// all are over.
func stageAt(stages []pace.Stage, at time.Duration) int {
	for k, s := range stages {
		if at -= s.For; at < 0 {
			return k
		}
	}
	return len(stages) - 1
}
