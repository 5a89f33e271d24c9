package results

// A flowSide is a flow in all runs of a side.
type flowSide struct {
	runs []*Run
	flow string
}

func (s *flowSide) rounds() (rounds []roundData, open bool) {
	for _, r := range s.runs {
		if i := r.flowIndex(s.flow); i >= 0 {
			rounds = append(rounds, r.roundData(i)...)
			open = open || r.Header.Flows[i].Open
		}
	}
	return rounds, open
}

// alone is the only round of a side; nil where it is one of a run with others.
func (s *flowSide) alone() *flowIntervals {
	for _, r := range s.runs {
		if i := r.flowIndex(s.flow); i >= 0 && len(r.roundData(i)) > 0 && r.Header.Rounds == 1 {
			return r.onlyRound(i)
		}
	}
	return nil
}
