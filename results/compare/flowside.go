package compare

import "github.com/smtpgauge/smtpgauge/results/record"

// A flowSide is a flow in all runs of a side.
type flowSide struct {
	runs []*record.Run
	flow string
}

func (s *flowSide) rounds() (rounds []roundData, open bool) {
	for _, r := range s.runs {
		if i := r.FlowIndex(s.flow); i >= 0 {
			rounds = append(rounds, roundsOf(r, i)...)
			open = open || r.Header.Flows[i].Open
		}
	}
	return rounds, open
}

// alone is the only round of a side; nil where it is one of a run with others.
func (s *flowSide) soleRound() *soleRound {
	for _, r := range s.runs {
		if i := r.FlowIndex(s.flow); i >= 0 && len(roundsOf(r, i)) > 0 && r.Header.Rounds == 1 {
			return newSoleRound(r, i)
		}
	}
	return nil
}
