package sample

// A Stage is the part of a flow's round that a sample belongs to.
type Stage uint8

// The stages in their order in time.
const (
	Warmup Stage = iota // measured apart
	Steady              // the load proper
	Drain               // from the load's end until the last session is done
)

// A Series names the samples that are collected together. The stage of a sample
// is the one in which its arrival was due, so it is Warmup or Steady.
type Series struct {
	Flow  int // the flow's place in the plan, from 0
	Round int // from 0
	Stage Stage

	// LoadStage is, in the steady stage of an open load whose rate changes in
	// stages of its own, the one in which the arrival was due, from 0.
	LoadStage int
}
