// Package compare says whether runs, or flows of a run, differ, or whether what
// differs is noise.
//
//	c, err := compare.Compare(before, after, compare.Options{MinEffect: 0.03})
//	for _, name := range c.Named(stats.Worse) { ... }
//
// [Compare] judges two sides of runs, and [CompareFlows] two flows, metric by
// metric; package stats has the tests. [MatrixOf] says what each choice of a run's
// flows costs: its port, TLS, AUTH and so on. [MeasureNoise] says how small a change
// a set-up can see.
//
// The unit is the round, never the message: messages of one round share whatever the
// machine did meanwhile. Too few rounds have no verdict, and a gate that cannot be
// decided is not met.
package compare
