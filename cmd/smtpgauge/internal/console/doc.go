// Package console writes what a command prints: messages and a run's progress on
// stderr, results on stdout.
//
// A slow reader does not slow down a run. Messages wait for it in a [Console], up to
// a bound, and the run goes on. A [Live] display shows the progress below the
// messages, and is redrawn in place. A [Printout] takes the results: either all of
// them are printed, or the command fails.
package console
