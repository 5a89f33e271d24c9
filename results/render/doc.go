// Package render writes runs, comparisons, noise and matrices in every format
// there is: for terminals, for people with a browser, for CI systems and for
// other programs.
//
//	err := render.Runs.Write(os.Stdout, "markdown", []*record.Run{run}, render.Options{})
//
// Each kind of thing has a [Registry] of its formats: [Runs], [Comparisons],
// [Noises] and [Matrices]. A format is one function, and one line in a registry. What only other
// programs read is in export, and what the formats for people share is here.
//
// Names and servers' texts may be anything. In every format, what does not print is
// escaped, and nothing can be a command to the CI system whose log it goes to.
// Markdown has no links and mentions that come from them.
package render
