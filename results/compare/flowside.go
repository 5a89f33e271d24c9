package compare

import "github.com/smtpgauge/smtpgauge/results/record"

// A flowSide is a flow in all runs of a side.
type flowSide struct {
	runs []*record.Run
	flow string
}

// rounds are the flow's in all runs. They have open load if any of the runs has.
func (s *flowSide) rounds() (rounds []roundData, open bool) {
	for _, r := range s.runs {
		if i := r.FlowIndex(s.flow); i >= 0 {
			rounds = append(rounds, roundsOf(r, i)...)
			open = open || r.Header.Flows[i].Open
		}
	}
	return rounds, open
}

// soleRound is the only round of a side; nil if its run has further rounds.
func (s *flowSide) soleRound() *soleRound {
	for _, r := range s.runs {
		if i := r.FlowIndex(s.flow); i >= 0 && len(roundsOf(r, i)) > 0 && r.Header.Rounds == 1 {
			return newSoleRound(r, i)
		}
	}
	return nil
}
