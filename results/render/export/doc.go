// Package export writes runs and comparisons for other programs: spreadsheets, plotters,
// benchstat, Prometheus and services that follow figures over time.
//
// Names and servers' texts may be anything. What does not print is escaped, and a
// spreadsheet reads no cell as a formula.
package export
