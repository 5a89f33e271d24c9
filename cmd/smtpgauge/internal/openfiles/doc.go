// Package openfiles ends a process that may open so few files that not even Go's runtime works,
// before that says so in its own words. Its work is done by importing it, and it imports nothing
// that opens a file: packages are initialised in the order of their paths, once what they import
// is, and so it comes before the libraries that do.
package openfiles
