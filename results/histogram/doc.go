// Package histogram counts durations in cells of HdrHistogram's, three
// significant digits wide, up to an hour.
//
// A [Histogram] is what figures are read off; it adds up with others, and is
// written as HdrHistogram's compressed V2 encoding, which other programs read. A
// [Recording] is what the timed path counts into: it takes memory for the cells
// that it meets alone, from a [PagePool] that it gives it back to.
package histogram
