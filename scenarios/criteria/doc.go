// Package criteria holds what runs are judged by. A threshold is a condition that a
// run has to meet. A gate is a change from one run to another that must not be.
//
//	relay-25.message.p99 < 250ms     a threshold, for ParseThreshold
//	message.p99 > +5%                a gate, for ParseGate
//	3%                               the smallest effect of interest, for ParseShare
//
// There is one grammar and one list of metrics, for scenarios, which declare
// criteria, and for results, which judge by them. [ComparedBy] lists the metrics
// that comparisons judge, and [Metric] names any figure of a flow.
//
// The package knows the grammar, but no flows and no figures. Callers that know the
// flows check whether a flow exists, and whether it has the metric:
// [Threshold.CheckLoad], [Gate.CheckLoad]. Callers that have measured a figure check
// whether it meets a threshold: [Threshold.Met].
package criteria

// Criteria are what the runs of a scenario are judged by.
type Criteria struct {
	Baseline   string      // the flow that the others are compared with; "" for none
	Thresholds []Threshold // what each run has to meet
	Gates      []Gate      // what a comparison of runs must not show
	Aborts     []Abort     // what ends a run before its time
	MinEffect  float64     // the smallest effect of interest in a comparison, as a share
}
