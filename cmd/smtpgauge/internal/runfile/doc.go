// Package runfile opens the file that a run is written to, and protects what the
// file held before: only a run file is overwritten, only once a new run has begun,
// and only by one run at a time.
package runfile
