package gauge_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// The target sink is the built-in server, so the example needs no other.
func Example() {
	scenario, err := scenarios.Parse("submission.yaml", []byte(`name: submission
target: {host: sink}
flows:
  submission:
    port: 587
    auth: {username: bench, password: open sesame}
    load: {sessions: 2, messages: 20}
    session: {messages: 5}
thresholds:
  - submission.accepted >= 20
`), scenarios.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := gauge.Run(context.Background(), scenario, gauge.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := result.Flow("submission").Messages
	fmt.Println(messages.Accepted, "of", messages.Attempted, "messages accepted")
	fmt.Println(result.Served.Counts.Messages, "of them seen by the server")
	if errors.Is(result.Err(), gauge.ErrThresholdMissed) {
		fmt.Println("a threshold was missed")
	}
	// Output:
	// 20 of 20 messages accepted
	// 20 of them seen by the server
}

// Run one scenario twice, with another number of sessions each time.
func ExampleJob() {
	scenario, err := scenarios.Load("builtin:four-ports", scenarios.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	job := gauge.NewJob(scenario)
	if err := job.Check(); err != nil {
		fmt.Println(err)
		return
	}
	job.Plan.Rounds, job.Criteria = 1, criteria.Criteria{}
	job.Plan.Flows = job.Plan.Flows[:1]
	flow := &job.Plan.Flows[0]
	flow.Session.Think = 0
	for _, sessions := range []int{1, 2} {
		flow.Load.Sessions, flow.Load.Messages, flow.Load.Duration = sessions, 10, 0
		result, err := job.Run(context.Background(), gauge.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(flow.Name, "with", sessions, "at once:", result.Flow(flow.Name).Messages.Accepted, "accepted")
	}
	// Output:
	// relay-25 with 1 at once: 10 accepted
	// relay-25 with 2 at once: 10 accepted
}
