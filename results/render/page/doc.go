// Package page writes pages for looking at measurements: one HTML file with
// everything in it, that opens without a network.
//
//	err := page.Write(file, &page.Page{Title: "nightly", Tables: tables})
//
// The figures are in tables that need no script and that screen readers and printers
// get too. uPlot, which is embedded with its licence, draws the charts over them. A
// page may have any part of [Page], and leaves out the rest.
//
// Nothing that a server said can become markup or script: texts go through
// html/template, data is JSON without < and >, and the page's own policy lets a
// browser run the embedded scripts only, by their hashes, and load nothing.
package page
