// Package criteria holds what runs are judged by. A threshold is a condition that a
// run has to meet. A gate is a change from one run to another that must not be.
//
//	relay-25.message.p99 < 250ms     a threshold: [ParseThreshold]
//	message.p99 > +5%                a gate: [ParseGate]
//	3%                               the smallest effect of interest: [ParseShare]
//
// There is one grammar and one list of metrics, for scenarios, which declare
// criteria, and for results, which judge by them. [ComparedBy] lists the metrics
// that comparisons judge, and [Metric] names any figure of a flow.
//
// The package knows the grammar only. Whether a flow exists, whoever knows the flows
// has to check (see [Threshold.CheckLoad] and [Gate.CheckLoad]); whether a threshold
// is met, whoever has measured its figure ([Threshold.Met]).
package criteria

// Criteria are what the runs of a scenario are judged by.
type Criteria struct {
	Baseline   string      // the flow that the others are compared with; "" for none
	Thresholds []Threshold // what each run has to meet
	Gates      []Gate      // what a comparison of runs must not show
	MinEffect  float64     // the smallest effect of interest in a comparison, as a share
}
