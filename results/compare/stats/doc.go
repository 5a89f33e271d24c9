// Package stats compares two sides of a measurement, each with one value a
// round, and says whether they differ or whether that is noise.
//
//	family := stats.Judge([]stats.Pair{{Base: before, New: after}}, stats.Options{})
//	verdict := family.Judgements[0].Verdict
//
// The unit is the round, never the message: messages of one round share whatever
// the machine did meanwhile, so that a test over messages calls everything
// significant. Judge takes many metrics through these steps at once:
//
//   - Summarize: the median of a side with its distribution-free interval.
//   - Test: the Mann-Whitney U test of both sides, exact while they are small.
//   - Shift and Ratio: the Hodges-Lehmann estimate of how far apart the sides
//     are, with the interval that belongs to the U test (Moses): it leaves zero
//     out exactly if the test, at the same level, finds a difference.
//   - Holm: the correction for having tested more than one metric.
//   - MinP and RoundsNeeded: whether so few rounds could have a verdict at all,
//     and how many could.
//   - Resolvable and RoundsFor: how small a change can be found in so much noise.
//
// With only one round a side there is nothing to test. WithinRun then says how far
// the figures vary within their own runs, by a moving-block bootstrap; from run to run
// they vary more.
//
// All functions are pure. They assume no distribution, except Resolvable and
// RoundsFor, which are about the future and take noise to be log-normal.
package stats
