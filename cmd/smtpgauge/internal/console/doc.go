// Package console is what the command says while it works: messages on stderr, a
// run's progress among them, and results on stdout.
//
// Nothing waits for whoever reads: what is said waits in a [Console], within
// bounds, and a run goes on. What is said stands above a display that is redrawn
// in place, and above the results. Results are whole, or the command has failed:
// see [Printout].
package console
