// Package compared shows what is held against something: a comparison of two sides, the noise
// of a set-up, and the matrix of what choices cost, which is part of a run as well.
//
//	report := compared.Report(comparison, false)
//	err := table.Draw(os.Stdout, report, table.Terminal{})
//
// Each is a report of tables for people. A comparison is a page and a suite of tests too, and
// costs are plots on the page of a run. What is worse, better or not shown has one spelling
// for all.
package compared
