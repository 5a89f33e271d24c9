// Package tree reads a scenario's text as values that know where they stand. It
// knows YAML, and nothing of what a scenario may say.
//
// A [Node] is a scalar, a mapping or a sequence, with its [Position]. Aliases are
// filled in, and the whole is bounded. A [Report] collects what is wrong, each
// [Fault] with its place.
package tree
