// Package render writes runs, comparisons, noise and matrices in every format
// there is: for terminals, for people with a browser, for CI systems and for
// other programs.
//
//	err := render.Runs.Write(os.Stdout, "markdown", []*record.Run{run}, render.Options{})
//
// Each kind of thing has a [Registry] of its formats: [Runs], [Comparisons],
// [Noises] and [Matrices]. A format is one function, and one line in a registry.
//
// What a run comes to is here, a file for each section: the same noun is a section of the
// whole report, a part of the one screen, and a table of the page. screen fits the parts on
// the screen, compared has what is held against something else, targets names the servers,
// and page and charts have what only a page shows. What only other programs read is in
// export.
//
// Names and servers' texts may be anything. In every format, what does not print is
// escaped, and nothing can be a command to the CI system whose log it goes to.
// Markdown has no links and mentions that come from them.
package render
