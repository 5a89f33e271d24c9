// Package criteria holds what runs are judged by: thresholds, which a run has to
// meet, and gates, which the change from one run to another must not pass. It
// has one grammar and one list of metrics, for all who write criteria down and
// all who judge by them:
//
//	relay-25.message.p99 < 250ms     a threshold: [ParseThreshold]
//	message.p99 > +5%                a gate: [ParseGate]
//	3%                               the smallest effect of interest: [ParseShare]
//
// It knows no flows and no figures. Whether a flow of that name exists is for
// those to say who know the flows, and whether its figure holds, for those who
// have measured.
package criteria

// Criteria are what a scenario wants its runs to be judged by.
type Criteria struct {
	Baseline   string      // the flow the others are compared with; "" for none
	Thresholds []Threshold // what the run has to meet
	Gates      []Gate      // what comparisons with other runs must not show
	MinEffect  float64     // the smallest effect of interest to them, as a share
}
