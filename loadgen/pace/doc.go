// Package pace says when arrivals are due. It has no clock and never sleeps: an
// arrival time is a pure function of the schedule, the seed and the arrival's
// number.
//
// # The way through
//
// A load is a list of [Stage]: for so long, at a [Rate] that is constant or
// changes in a straight line. [New] makes the [Schedule] of it, in which arrivals
// are evenly spaced or at random ([Process]). [Schedule.At] says when arrival n is
// due, counted from the start of the load. Whoever runs the load waits until then.
//
// # What holds
//
//   - The same stages, process and seed give the same times, in whatever order
//     they are asked for.
//   - Several generators, on one machine or on many, have one schedule and a [Share]
//     of it each. Together they make its arrivals, and each makes those of its share
//     without asking the others.
//   - Due times never exceed the length of the load, and never go back.
package pace
