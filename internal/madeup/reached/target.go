// Package reached makes up what flows loaded, for tests.
package reached

import (
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// Target is what a flow loaded, whose servers introduced themselves so.
func Target(host string, port int, greetings ...tally.Greeting) *figures.Target {
	t := &figures.Target{Host: host, Port: port, Greetings: tally.Greetings{List: greetings}}
	if len(greetings) > 0 {
		t.Describe(&greetings[0])
	}
	return t
}
