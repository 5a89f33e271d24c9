// Package render writes runs, comparisons, noise and matrices in every format
// there is: for terminals, for people with a browser, for CI systems and for
// other programs.
//
//	err := render.Runs.Write(os.Stdout, "markdown", []*record.Run{run}, render.Options{})
//
// Each kind of thing has a [Registry] of its formats: [Runs], [Comparisons],
// [Noises] and [Matrices]. A format is one function, and one line in a registry.
//
// Names and servers' texts are foreign: in every format, what does not print is
// escaped, and nothing is a command to the CI system whose log it goes to.
// Markdown links and mentions nothing of theirs.
package render
