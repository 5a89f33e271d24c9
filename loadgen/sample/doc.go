// Package sample holds the words of a run: what a session is timed by ([Phase]),
// why it failed ([Class], [Failure]), what became of a message ([Outcome]), and
// what a run reports to ([Recorder]). It is a leaf: the SMTP client makes
// samples, the engine reports them, results keep them, and criteria judge them,
// and none of these has to know the others for it.
//
// Each enumeration has its names beside it. They are what scenarios, run files
// and tables say, so a name does not change, and a value is never written as
// the number it happens to have.
package sample
