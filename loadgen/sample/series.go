package sample

// Stage is the part of a flow's round a sample belongs to.
type Stage uint8

// The stages in their order in time.
const (
	Warmup Stage = iota // measured apart
	Steady              // the load proper
	Drain               // after the load's end, until the last session is done
)

// A Series names what samples are collected under. A sample's stage is that in
// which its arrival was due, so it is Warmup or Steady.
type Series struct {
	Flow  int // the flow's place in the plan, from 0
	Round int // from 0
	Stage Stage
}
