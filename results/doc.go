// Package results makes figures of what a run records.
//
// # The way through
//
// A [Measurement] is a run as a function call: a plan goes in, a [Run] comes
// out, and the run file is written meanwhile.
//
//	run, err := results.Measurement{Plan: plan, File: file}.Run(ctx)
//	if err != nil {
//		return err
//	}
//	res := run.Result()
//	if !res.Verdict.Valid {
//		return errors.New(res.Verdict.Reasons[0])
//	}
//	fmt.Println(res.Flows["relay"].Messages.Accepted)
//
// From there on:
//
//   - a [Collector] is the part of it that takes samples from every shard and
//     writes the run file, for who drives a loadgen.Engine by himself
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
