package scenarios_test

import (
	"fmt"

	"github.com/smtpgauge/smtpgauge/scenarios"
)

func ExampleParse() {
	source := []byte(`name: relay
target: {host: 127.0.0.1}
flows:
  relay:
    port: 25
    load: {sesions: 50, duration: 10}
`)
	_, err := scenarios.Parse("relay.yaml", source, scenarios.LoadOptions{})
	fmt.Println(err)
	// Output:
	// relay.yaml:6:12: unknown field "sesions" in load: did you mean "sessions"? known are sessions, messages, ramp, rate, stages, arrivals, max_sessions, duration, abort
	// relay.yaml:6:35: duration: want a duration such as 250ms or 2m, found 10: a unit is missing (ms, s, m, h)
}

func ExampleScenario_Plan() {
	s, err := scenarios.Load("builtin:four-ports", scenarios.LoadOptions{
		Set: []string{"defaults.load.sessions=4"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := s.Plan()
	for _, f := range p.Flows {
		fmt.Println(f.Name, f.Target.Port, f.Load.Sessions, f.Load.Duration)
	}
	// Output:
	// relay-25 25 4 500ms
	// smtps-465 465 4 500ms
	// submit-587 587 4 500ms
	// alt-2525 2525 4 500ms
}
