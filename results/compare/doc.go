// Package compare holds runs, and the flows of a run, against each other.
//
// [Compare] judges two sides of runs, and [CompareFlows] two flows, metric by
// metric and by their rounds; package stats has the tests. [MatrixOf] says what
// each choice of a run's flows costs: its port, TLS, AUTH and so on.
// [MeasureNoise] says how small a change a set-up can see.
//
// The round is the unit, never the message: messages of one round share whatever
// the machine did meanwhile. A side of too few rounds has no verdict, and what is
// not known lets no gate hold.
package compare
