// Package bench measures SMTP servers in Go benchmarks, by scenarios. The server may
// be written in Go or in any other language:
//
//	func BenchmarkSubmission(b *testing.B) {
//		bench.Run(b, "testdata/submission.yaml")
//	}
//
// The scenario says what is sent, and how many sessions send it or at what rate. go
// test says how much. So -benchtime (2s or 1000x), -count, -cpu and -bench work as with
// any benchmark, and benchstat compares the output:
//
//	go test -run '^$' -bench . -count 10 | tee new.txt
//	benchstat old.txt new.txt
//
// # The server
//
// The scenario's target says where the server is. That may be this machine or a private
// network; [MayLoad] permits others. For a server that the test itself runs, give the
// address of its listener and the authorities to trust:
//
//	bench.Run(b, "testdata/submission.yaml", bench.At(l.Addr()), bench.Trust(pool))
//
// If the target is sink, the built-in server runs in the process of the test. It is
// there to try things out.
//
// # What is measured
//
// [Run] keeps as many sessions busy as the load says. Before the timer starts, the
// server is up, the mail is rendered, names are looked up, and the scenario's warm-up is
// over. Connections, greetings, TLS and AUTH are part of the load; session.messages in
// the scenario says how often they come. These are the metrics:
//
//   - ns/op is the time from the beginning of the first message to the last reply,
//     divided by the number of messages. With many sessions at once it is less than
//     the time of any message. Under open load it is the time between arrivals.
//   - msgs/s is the number of messages accepted in that time, for each second. Under
//     open load only those count that were accepted while the load lasted. If the
//     server does not keep up, these are fewer than arrived.
//   - p50-ns and p99-ns are the median and the 99th percentile of a message's time:
//     from the first byte of MAIL leaving to the last byte of the last reply
//     arriving, by the kernel's stamp. Under open load they are response times, which
//     begin when the message was due. If no message got to its end, they are missing.
//   - errors is the number of messages that were not accepted, for any reason. The
//     log names the reasons.
//   - invalid is 1 if the measurement is invalid, and missing otherwise. The figures
//     then come from the generator, not from the server, and are of no use. The log
//     says why. Mostly the machine was busy.
//
// A benchmark fails if its scenario is wrong, if one session that is tried first shows
// that the server cannot take the flow's mail (see [NoProbe]), if the server answered no
// message at all, or if it was lost on the way. B/op and allocs/op count what the whole process
// allocates: the generator, and the server if it is in the same process.
//
// [Start] is for a benchmark with a loop of its own that sends one message at a time.
// Its ns/op is the time of the loop, with everything that the loop does and the way to
// the generator's thread. Its p50-ns and p99-ns are as above.
//
// Each thread of the generator keeps a processor of Go's scheduler while it waits for
// replies. There is one, unless [Shards] says more. So GOMAXPROCS is raised by as many, and
// a server in the same process has as many processors as -cpu says. Both share the
// machine all the same. The figures show well which of two versions of a server is
// faster, but on a machine of its own the server may have very different figures.
//
// # The folders below
//
// Two folders are there to be copied: example has a server with benchmarks in its tests,
// and workflow compares pull requests on GitHub. The folders in internal are this
// project's own. In parts there are benchmarks of the generator's parts. The others are
// programs that check the whole command against something independent: other clients
// (peers), the packets on the wire (truth), runs that are known to be sound or spoiled
// (verdict), and comparisons whose outcome is known (detect).
package bench
