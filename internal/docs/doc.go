// Package docs holds the documentation to the code. It is made of tests alone:
// each JSON key of a run file and of the results is documented and each one
// documented exists, as do exit codes, phases, outcomes and error classes; and
// every link of the README and of docs leads somewhere.
//
// The documents say what their tables are about in comments before these, such
// as <!-- fields of Header --> and <!-- names in phaseNames -->. The tests read
// the declarations of that name out of the source, so they do not depend on
// which package these are in.
package docs
