package bench

import (
	"context"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
)

// A Sender sends messages one at a time, for a benchmark with a loop of its own:
//
//	s := bench.Start(b, "testdata/submission.yaml")
//	for b.Loop() {
//		s.Send()
//	}
//
// Its metrics are reported when the benchmark ends.
type Sender struct {
	b     *testing.B
	begin chan struct{} // a value lets one message begin; closed when there are no more
	asked chan struct{} // a value asks for the next message, because the last is done
	ended chan struct{} // closed when the run is over

	result *gauge.Result // of the run, when it is over
	err    error
}

// Start goes through the warm-up of a scenario, resets b's timer, and returns a Sender.
// The scenario must have one flow, or the option Flow chooses one. Whatever the load
// says, there is one session at a time. The scenario's session.messages says how many
// messages each session sends. Options and failures are those of Run.
func Start(b *testing.B, scenario string, options ...Option) *Sender {
	b.Helper()
	subject := open(b, scenario, options)
	if len(subject.flows) > 1 {
		b.Fatalf("%s has the flows %s: bench.Flow says which one to send by", scenario, strings.Join(subject.flows, ", "))
	}
	job := subject.job(b, subject.flows[0])
	subject.probe(b, job)
	job.Plan.Flows[0].Load = loadgen.Load{Sessions: 1}
	s := &Sender{b: b, begin: make(chan struct{}), asked: make(chan struct{}), ended: make(chan struct{})}
	b.Cleanup(spareProcessors(1))
	b.Cleanup(s.finish)
	go s.measure(job)
	s.await()
	b.ResetTimer()
	return s
}

// measure runs the job until finish lets it end. It does not use the benchmark's
// context, which is canceled before the clean-up begins: that would break off sessions.
func (s *Sender) measure(job *gauge.Job) {
	defer close(s.ended)
	s.result, s.err = job.Run(context.Background(), gauge.Options{More: s.more, FreeCores: freeCores, Shards: 1})
}

// more is called by the engine before each message.
func (s *Sender) more() bool {
	s.asked <- struct{}{}
	_, more := <-s.begin
	return more
}

// Send sends one message and returns when the message has ended, whatever its outcome.
// If it was the last of its session, the session has ended too. If the server does not
// answer any more, Send ends the benchmark. Call it from the benchmark's own goroutine;
// for many messages at once there is Run.
func (s *Sender) Send() {
	s.b.Helper()
	select {
	case s.begin <- struct{}{}:
		s.await()
	case <-s.ended:
		s.b.FailNow() // finish says why
	}
}

// await waits until the engine asks for a message.
func (s *Sender) await() {
	s.b.Helper()
	select {
	case <-s.asked:
	case <-s.ended:
		s.b.FailNow() // finish says why
	}
}

// finish ends the run and reports it.
func (s *Sender) finish() {
	s.b.Helper()
	close(s.begin)
	<-s.ended
	if s.err != nil {
		s.b.Error(s.err)
		return
	}
	elapsed := s.b.Elapsed()
	if f := figuresOf(s.b, s.result); f != nil {
		report(s.b, f, float64(f.Messages.Accepted)/elapsed.Seconds())
	}
}
