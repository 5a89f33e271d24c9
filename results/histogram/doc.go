// Package histogram counts durations to three significant digits, up to an hour, in
// HdrHistogram's cells.
//
//	h := histogram.New()
//	h.Record(12 * time.Millisecond)
//	p99, ok := h.Quantile(0.99)
//
// Figures are read off a [Histogram]. Histograms add up, and are written in
// HdrHistogram's compressed V2 encoding, which other programs read. The timed path
// counts into a [Recording], which takes memory only for the cells it meets, from a
// [PagePool] that gets it back.
package histogram
