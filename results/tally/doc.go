// Package tally adds samples up to what one series of a run came to: counts,
// histograms, failures and greetings. A series is a stage of one round of one flow.
//
// A [Tally] takes samples on the timed path for one interval. A [Total] is the sum of
// any number of tallies. A [Slot] is the place of one histogram in either.
package tally
