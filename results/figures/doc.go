// Package figures works out what a run comes to: its figures, whether its
// thresholds are met, and whether any of it may be believed.
//
//	result := figures.Of(run)
//	if !result.Verdict.Valid { ... result.Verdict.Reasons ... }
//	p99 := result.Flow("relay").Judged().P99
//
// Percentiles are read off merged histograms, and never averaged. There is no figure
// from zero samples: what was not measured is nil or left out, and a threshold on it
// is missed, with a reason.
// docs/figures.md says how each figure is made.
package figures
