package render

import (
	"testing"

	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
)

func TestAnswer(t *testing.T) {
	one := badDay()
	one.FlowOrder = []string{"inbound"}
	dead := badDay()
	dead.FlowOrder = []string{"dead"}
	alike := fourPorts()
	for _, f := range alike.Flows {
		f.Rate, f.Messages.Accepted = 100, f.Messages.Attempted
	}
	slowest := human.Duration(alike.Flow("alt-2525").Judged().P99)
	for name, c := range map[string]struct {
		res  *document
		want string
	}{
		"several flows": {fourPorts(), "4 flows: accepted 3,099 to 4,113 msg/s a flow, service p99 " + slowest + " at most (alt-2525), errors 0.049 % at most (relay-25)"},
		"alike":         {alike, "4 flows: accepted 100 msg/s a flow, service p99 " + slowest + " at most (alt-2525), no errors"},
		"one flow":      {one, "accepted 291 msg/s, response p50 9.00 ms, response p99 45.0 ms, errors 2.76 %"},
		"nothing":       {dead, ""},
		"no flow":       {&document{Result: &figures.Result{}}, ""},
	} {
		if got := c.res.answer(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAnswerFigureIsHeldAgainstAnother(t *testing.T) {
	for want, a := range map[string]answerFigure{
		"accepted 298 msg/s (offered at 300 msg/s)":       {Name: "accepted", Value: "298 msg/s", Note: "offered at 300 msg/s"},
		"accepted 298 msg/s (offered at 30.0 sessions/s)": {Name: "accepted", Value: "298 msg/s", Note: "offered at 30.0 sessions/s"},
		"errors 2.76 %": {Name: "errors", Value: "2.76 %"},
	} {
		if got := a.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
