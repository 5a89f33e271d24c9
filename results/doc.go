// Package results makes figures of what a run records: a Collector takes
// samples from every shard and writes the run file, Read and Merge bring run
// files back, and Run.Result works out the figures that Write prints.
//
// Histograms are merged and percentiles read off the merged one, never
// averaged. There is no figure from zero samples.
package results
