// Package stats compares two sides of a measurement, each with one value a
// round, and says whether they differ or whether that is noise.
//
// The unit is the round, never the request: requests of one round share
// whatever the machine did meanwhile, so a test over requests calls everything
// significant. A metric goes through these steps, and Judge through all of
// them for many metrics at once:
//
//   - Summarize: the median of a side with its distribution-free interval.
//   - Test: the Mann-Whitney U test of both sides, exact while they are small.
//   - Shift and Ratio: the Hodges-Lehmann estimate of how far apart the sides
//     are, with the interval that belongs to the U test (Moses): it leaves out
//     no change exactly where the test, at the same level, finds a difference.
//   - Holm: the correction for having tested more than one metric.
//   - MinP and RoundsNeeded: whether so few rounds could carry a verdict at
//     all, and how many would.
//   - Resolvable and RoundsFor: how small a change so much noise lets through.
//
// Where there is only one round a side, there is nothing to test. WithinRun
// then says how far the figures wander within their own runs, by a
// moving-block bootstrap; that is less than they differ from run to run.
//
// All functions are pure. No distribution is assumed but for Resolvable and
// RoundsFor, which are about the future and take noise to be log-normal.
package stats
