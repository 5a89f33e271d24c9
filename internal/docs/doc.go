// Package docs checks the documentation against the code. It has tests only. Each JSON key
// of a run file and of the results is documented, and each documented key exists. The same
// holds for exit codes, phases, outcomes and error classes. Every link of the README and of
// the files in docs leads somewhere.
//
// A comment before each table of a document says what the table is about, such as
// <!-- fields of Header --> and <!-- names in phaseNames -->. The tests look for
// declarations of that name in the source, in whatever package they are.
package docs
