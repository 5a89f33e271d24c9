// Package completion finds what a shell may complete a word of the command line
// to: scenarios, run files, the flows in them, the fields of a scenario, metrics.
//
// Each function is one that cobra takes for an argument or for a flag. A file
// that cannot be read adds nothing: a shell has no place for an error.
package completion
