// Package beside reads what stands in the files that a scenario names: tables, certificates
// and keys. It is given their contents, and opens no file.
package beside
