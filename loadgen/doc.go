// Package loadgen runs a plan: it decides when sessions start and what each
// does, and reports what happened to a Recorder.
package loadgen
