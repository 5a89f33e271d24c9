package results_test

import (
	"context"
	"fmt"
	"os"

	"github.com/smtpgauge/smtpgauge/internal/smtpsink"
	"github.com/smtpgauge/smtpgauge/results"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// measure measures a server: five rounds of three messages.
func measure(address string) (*results.Run, error) {
	source := []byte(`name: relay
target: {host: 127.0.0.1}
flows:
  relay: {port: 25, tls: none, load: {sessions: 1, messages: 3}}
schedule: {rounds: 5}
`)
	sc, err := scenarios.Parse("relay.yaml", source, scenarios.LoadOptions{})
	if err != nil {
		return nil, err
	}
	plan, err := sc.Plan()
	if err != nil {
		return nil, err
	}
	if err := sc.CheckTarget(plan); err != nil {
		return nil, err
	}
	plan.Flows[0].Target.Dial = address // of this example's server
	return results.Measurement{Plan: plan}.Run(context.Background())
}

// serve starts a server.
func serve() (address string, stop func() error, err error) {
	sink, err := smtpsink.Start(smtpsink.Config{Listeners: []smtpsink.Listener{{Address: "127.0.0.1:0"}}})
	if err != nil {
		return "", nil, err
	}
	return sink.Addrs()[0].String(), sink.Close, nil
}

func ExampleMeasurement() {
	address, stop, err := serve()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()
	run, err := measure(address)
	if err != nil {
		fmt.Println(err)
		return
	}
	messages := run.Result().Flows["relay"].Messages
	fmt.Println(messages.Accepted, "of", messages.Attempted, "accepted")
	// Output:
	// 15 of 15 accepted
}

func ExampleCompare() {
	var runs []*results.Run
	for _, name := range []string{"before.jsonl", "after.jsonl"} {
		file, err := os.Open("testdata/runs/" + name)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer file.Close()
		run, err := results.Read(file)
		if err != nil {
			fmt.Println(err)
			return
		}
		runs = append(runs, run)
	}
	comparison, err := results.Compare(runs[:1], runs[1:], results.CompareOptions{Metrics: []string{"message.p50"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range comparison.Rows {
		fmt.Println(row.Flow, row.Metric, row.Verdict)
	}
	// Output:
	// relay message.p50 worse
}
