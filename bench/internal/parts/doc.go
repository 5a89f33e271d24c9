// Package parts measures what each part of the generator costs, and a message from end to end:
//
//	go test -bench . ./bench/internal/parts
//
// Every benchmark reports its allocations, so that benchstat compares these too. Some parts can
// be measured only inside their package, and have their benchmarks there: replies in
// loadgen/smtpwire, and the encoding of histograms in results/histogram.
package parts
