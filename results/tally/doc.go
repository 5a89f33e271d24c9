// Package tally adds samples up: what one series of a run came to, in counts,
// histograms, failures and greetings.
//
// A [Tally] takes samples on the timed path for one interval; a [Total] is what
// any number of them add up to. A [Slot] is the place of one histogram in either.
package tally
