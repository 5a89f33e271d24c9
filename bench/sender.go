package bench

import (
	"context"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
)

// A Sender sends messages one at a time, for benchmarks that have a loop of
// their own:
//
//	s := bench.Start(b, "testdata/submission.yaml")
//	for b.Loop() {
//		s.Send()
//	}
//
// Its metrics are reported when the benchmark ends.
type Sender struct {
	b     *testing.B
	begin chan struct{} // each lets a message begin; closed when there are no more
	asked chan struct{} // each asks for the next message: the one before is done
	ended chan struct{} // closed when the run is over

	result *gauge.Result // when it is over
	err    error
}

// Start goes through the warm-up of a scenario, resets b's timer, and returns a
// Sender. The scenario has one flow, or Flow says which. One session at a time
// sends its messages, whatever the load says; how many each has is in the
// scenario's session. Options and failures are as with Run.
func Start(b *testing.B, scenario string, options ...Option) *Sender {
	b.Helper()
	subject := open(b, scenario, options)
	if len(subject.flows) > 1 {
		b.Fatalf("%s has the flows %s: bench.Flow says which one to send by", scenario, strings.Join(subject.flows, ", "))
	}
	job := subject.job(b, subject.flows[0])
	job.Plan.Flows[0].Load = loadgen.Load{Sessions: 1}
	s := &Sender{b: b, begin: make(chan struct{}), asked: make(chan struct{}), ended: make(chan struct{})}
	b.Cleanup(spareProcessor())
	b.Cleanup(s.finish)
	go s.measure(job)
	s.await()
	b.ResetTimer()
	return s
}

// measure runs until finish lets it end. Its context is not the benchmark's,
// which ends before its clean-up begins: sessions would be broken off.
func (s *Sender) measure(job *gauge.Job) {
	defer close(s.ended)
	s.result, s.err = job.Run(context.Background(), gauge.Options{More: s.more, FreeCores: freeCores})
}

// more is the engine's question for another message.
func (s *Sender) more() bool {
	s.asked <- struct{}{}
	_, more := <-s.begin
	return more
}

// Send sends one message and returns when it is done with, whatever became of
// it; a session that is full is ended before it returns. Where the server does
// not answer any more it ends the benchmark. It is for the benchmark's own
// goroutine; many at once is what Run is for.
func (s *Sender) Send() {
	s.b.Helper()
	select {
	case s.begin <- struct{}{}:
		s.await()
	case <-s.ended:
		s.b.FailNow() // finish says why
	}
}

// await waits for the engine's next question.
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
