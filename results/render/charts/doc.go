// Package charts makes the charts of a run: its course over time, and the percentile
// curves of its times.
//
//	overTime, err := charts.Timeline(run)
//
// Flows that run together are drawn on the clock of the run. Flows that run in turn are
// drawn each on its own time: the time of its own rounds, put end to end, as if all
// flows had run at once. So they stand above each other, second by second. Errors of all
// flows together are always drawn on the clock.
//
// Histograms are merged within a point, as percentiles have no average. A part of a
// second at the edge of a round is drawn with the second beside it, so that nothing is
// scaled up.
package charts
