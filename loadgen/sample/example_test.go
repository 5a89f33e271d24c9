package sample_test

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A recipientCount counts the recipients that the server took, after the
// warm-up. It embeds sample.Nothing, so it has to have no other method.
type recipientCount struct {
	sample.Nothing
	accepted int
}

func (c *recipientCount) Message(s sample.Series, _ sample.Outcome, _ sample.Stage, accepted, _ int) {
	if s.Stage != sample.Warmup {
		c.accepted += accepted
	}
}

func ExampleNothing() {
	count := new(recipientCount)

	// loadgen.New takes a function that returns a Recorder for each shard. The
	// engine makes calls such as these:
	var recorder sample.Recorder = count
	warmup, steady := sample.Series{Stage: sample.Warmup}, sample.Series{Stage: sample.Steady}
	recorder.Session(warmup, sample.SessionStarted)
	recorder.Message(warmup, sample.Accepted, sample.Warmup, 1, 0)
	recorder.Message(steady, sample.Accepted, sample.Steady, 2, 1)
	recorder.Message(steady, sample.Accepted, sample.Drain, 3, 0)

	fmt.Println(count.accepted, "recipients")
	// Output: 5 recipients
}
