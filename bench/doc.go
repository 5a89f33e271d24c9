// Package bench measures SMTP servers by scenarios in benchmarks of the testing
// package, for servers written in Go as for any other:
//
//	func BenchmarkSubmission(b *testing.B) {
//		bench.Run(b, "testdata/submission.yaml")
//	}
//
// The scenario says what is sent and how many sessions send it, or at what
// rate; go test says how much. So -benchtime (2s or 1000x), -count, -cpu and
// -bench work as with any benchmark, and benchstat compares what is printed:
//
//	go test -run '^$' -bench . -count 10 | tee new.txt
//	benchstat old.txt new.txt
//
// # The server
//
// It may be anywhere that the scenario's target says, as long as that is this
// machine or a private network ([MayLoad] names others). One that lives in the
// test is given by its listener's address, with whom to trust for its
// certificate:
//
//	bench.Run(b, "testdata/submission.yaml", bench.At(l.Addr()), bench.Trust(pool))
//
// A target of sink starts the built-in server in the process of the test, which
// is there for trying things out.
//
// # What is measured
//
// [Run] keeps as many sessions busy as the load says. The server's start, the
// rendering of mail, the look-up of names and the scenario's warm-up are over
// before the timer starts; connections, greetings, TLS and AUTH are part of the
// load, and how often they come is session.messages in the scenario. These are
// its metrics:
//
//   - ns/op is from the first message's beginning to the last one's answer,
//     over their number. With many sessions at once it is less than any message
//     took. Under open load it is the time between arrivals.
//   - msgs/s are the messages accepted in that time. Under open load it is what
//     was accepted while the load lasted, which is less than what arrived where
//     the server does not keep up.
//   - p50-ns and p99-ns are a message's time, MAIL to the last reply: from the
//     command's first byte leaving to the reply's last byte arriving, by the
//     kernel's stamp. Under open load they are response times, which begin when
//     the message was due. They are not there where no message got to its end.
//   - errors are the messages not accepted, whatever the reason; the log says
//     which there were.
//   - invalid is there, as 1, where the measurement is: where the generator, not
//     the server, made the figures. The log says how. Such figures are for the
//     bin; the usual cause is a busy machine.
//
// A benchmark fails where its scenario has faults, where no message was
// answered at all, and where the server was lost on the way. B/op and allocs/op
// count what the whole process allocates, a server within it and the generator.
//
// [Start] is for a benchmark with a loop of its own, around one message at a
// time. Its ns/op is the loop's time, with the hand-over to the generator's
// thread and all else that the loop does; p50-ns and p99-ns are as above.
//
// The generator is a thread that keeps a processor of the Go scheduler while
// it waits for replies. GOMAXPROCS is raised by one for it, so that a server in
// the same process has as many as -cpu says. They share the machine all the
// same: what tells apart two versions of a server well may be far from what
// either does on a machine of its own.
//
// # The folders below
//
// Two are there to be copied: example has a server that is benchmarked in its
// own tests, and workflow compares pull requests on GitHub. What is below
// internal is this project's own: parts measures the generator, part by part,
// and programs hold the whole command against something independent: other
// clients (peers), the packets on the wire (truth), runs known to be sound or
// spoiled (verdict), and sides known to be alike or not (detect).
package bench
