// Package bench measures what the parts of the generator cost, and a message
// from end to end:
//
//	go test -bench . ./bench
//
// Every benchmark reports its allocations, so that benchstat compares all of
// it. Parts that only their own package can reach have their benchmarks there:
// the reply parser in loadgen/smtpwire, the histograms' encoding in results.
//
// The folders below are programs that hold the whole command against something
// independent: other clients (peers), the packets on the wire (truth), and
// runs known to be sound or spoiled (verdict).
package bench
