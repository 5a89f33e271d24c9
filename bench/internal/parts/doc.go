// Package parts measures what the parts of the generator cost, and a message
// from end to end:
//
//	go test -bench . ./bench/internal/parts
//
// Every benchmark reports its allocations, so that benchstat compares all of
// it. Parts that only their own package can reach have their benchmarks there:
// the reply parser in loadgen/smtpwire, the histograms' encoding in results.
package parts
