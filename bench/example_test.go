package bench_test

import (
	"fmt"
	"testing"

	"github.com/smtpgauge/smtpgauge/bench"
)

// In a file of tests the function is called BenchmarkRelay, and go test -bench
// calls it.
func ExampleRun() {
	relay := func(b *testing.B) {
		bench.Run(b, "relay.yaml", bench.YAML(`name: relay
target: {host: sink}
flows:
  relay: {port: 25, load: {sessions: 2, duration: 1s}}
`))
	}
	result := testing.Benchmark(relay)
	_, known := result.Extra["p99-ns"]
	fmt.Println(result.Extra["errors"], "errors; p99 known:", known)
	// Output:
	// 0 errors; p99 known: true
}

func ExampleStart() {
	relay := func(b *testing.B) {
		s := bench.Start(b, "builtin:four-ports", bench.Flow("relay-25"), bench.Set("defaults.session.think=0s"))
		for b.Loop() {
			s.Send()
		}
	}
	result := testing.Benchmark(relay)
	_, known := result.Extra["p99-ns"]
	fmt.Println(result.Extra["errors"], "errors; p99 known:", known)
	// Output:
	// 0 errors; p99 known: true
}
