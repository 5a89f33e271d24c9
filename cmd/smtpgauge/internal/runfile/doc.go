// Package runfile opens the file that a run is written to, without loss of what
// was there before: only a run file is written over, only once a new run has
// begun, and by one run at a time.
package runfile
