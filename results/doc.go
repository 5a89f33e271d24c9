// Package results makes figures of what a run records.
//
// # The way through
//
// Package gauge carries a scenario out, and returns a [Run]. Here is what it is
// made of, and what to do with it:
//
//   - a [Collector] takes samples from every shard of a loadgen.Engine, and
//     writes the run file meanwhile
//   - [Read] brings a run file back, whole or cut; [ReadTotals] and [ReadCourse]
//     do so in memory that does not grow with the length of the run; [Merge]
//     makes one run of those that several generators made
//   - [Run.Result] works out the figures, and whether they may be believed;
//     [Run.Histogram] has any quantile
//   - [Write] prints a run in any of [Formats]: tables, JSON, a page, and what
//     other tools read
//   - [Compare] and [CompareFlows] judge runs and flows against each other, by
//     their rounds; package stats has the tests
//
// # What holds
//
//   - Histograms are merged and percentiles read off the merged one, never
//     averaged. There is no figure from zero samples.
//   - Outcomes add up to what was attempted.
//   - A run file may be cut anywhere: what is in it counts.
//   - Run files are foreign bytes. They are bounded, and what of them does not
//     print is escaped in every format.
//   - Nothing here prints, takes signals or exits.
package results
