package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// Clock is how long the run has lasted and how long it goes on, in whole seconds:
// "18 s of 31 s, 13 s left".
func (s *Standing) Clock() string {
	elapsed, left := human.Seconds(s.Elapsed), human.Seconds(s.Remains.Left)
	switch {
	case s.Draining:
		return elapsed + ", draining"
	case s.Remains.Kind == Unknown:
		return elapsed
	case s.Remains.Left.Round(time.Second) == 0:
		return elapsed + ", finishing"
	case s.Remains.Kind == Estimated:
		return elapsed + ", about " + left + " left"
	}
	return elapsed + " of " + human.Seconds(s.Elapsed.Round(time.Second)+s.Remains.Left.Round(time.Second)) + ", " + left + " left"
}

// RoundText is the round under way: "round 2 of 3"; "" if there is one only.
func (s *Standing) RoundText() string {
	if s.Rounds < 2 {
		return ""
	}
	return fmt.Sprintf("round %d of %d", s.Round, s.Rounds)
}

// StageText is the stage of the flows under way, as Stage.String has it; "" if they are
// in different ones, or if there is nothing to say.
func (s *Standing) StageText() string {
	if flows := s.UnderWay(); len(flows) > 0 && s.SharesStage() {
		return flows[0].Stage.String()
	}
	return ""
}

// SharesStage tells whether all flows under way are in the same stage.
func (s *Standing) SharesStage() bool {
	flows := s.UnderWay()
	for i := range flows {
		if flows[i].Stage != flows[0].Stage {
			return false
		}
	}
	return true
}

// String is the stage with the rate that the load sets for it: "stage 2 of 3: 1,000
// messages/s"; "" if there is nothing to say.
func (s Stage) String() string {
	switch {
	case s.Kind == Warmup:
		return "warm-up"
	case s.Kind == Draining:
		return "draining"
	case s.Number == 0:
		return ""
	}
	rate := human.Rate(float64(s.To))
	if s.From != s.To {
		rate = human.Rate(float64(s.From)) + " to " + rate
	}
	return fmt.Sprintf("stage %d of %d: %s %v/s", s.Number, s.Of, rate, s.Unit)
}

// Open is how many sessions are open.
func (s *Standing) Open() (open int) {
	for i := range s.Flows {
		open += s.Flows[i].Open
	}
	return open
}

// ErrorText writes errors with their counts: "timeout 13, busy 2".
func ErrorText(errors []ClassCount) string {
	var parts []string
	for _, e := range errors {
		parts = append(parts, e.String())
	}
	return strings.Join(parts, ", ")
}

// String is the class with its count: "timeout 13".
func (c ClassCount) String() string { return c.Class + " " + human.Count(c.Count) }

// AgentsText says how many agents the load comes from; "" if it comes from none.
func (s *Standing) AgentsText() string {
	if s.Agents == 0 {
		return ""
	}
	all := human.CountOf(int64(s.Agents), "agent")
	switch {
	case s.Silent > 0 && s.Lost > 0:
		return fmt.Sprintf("%d of %s lost, %d silent", s.Lost, all, s.Silent)
	case s.Lost > 0:
		return fmt.Sprintf("%d of %s lost", s.Lost, all)
	case s.Silent > 0:
		return fmt.Sprintf("%d of %s silent", s.Silent, all)
	}
	return all
}
