package capacity

import (
	"fmt"

	"github.com/aclements/go-moremath/mathx"
)

// An Outcome is what a trial shows of its rate.
type Outcome string

// The outcomes.
const (
	Pass      Outcome = "pass"      // every goal is kept
	Fail      Outcome = "fail"      // one is not, or the queue grows
	Undecided Outcome = "undecided" // too little was measured to tell
	Invalid   Outcome = "invalid"   // the generator spoiled the trial, so it tells nothing of the server

	Unanswered Outcome = "unanswered" // no message of a flow got an answer, so the trial tells nothing of its rate
)

// doubt is the chance that the judgement of a goal is wrong.
const doubt = 0.01

// judge tells whether a trial keeps all goals, and why not.
func judge(blocks []Block, goals []Goal) (Outcome, string) {
	if why, yes := hopeless(blocks, goals); yes {
		return Fail, why
	}
	if more, grows := growth(blocks); grows {
		return Fail, fmt.Sprintf("the queue grew by %.3g messages a second", more)
	}
	outcome, why := Pass, ""
	for g := range goals {
		switch o, reason := judgeGoal(settled(blocks), g, &goals[g]); {
		case o == Fail:
			return Fail, reason
		case o == Undecided && outcome == Pass:
			outcome, why = Undecided, reason
		}
	}
	return outcome, why
}

// judgeGoal tells whether blocks keep one goal. They count for as many independent
// samples as give the spread that is seen between blocks.
func judgeGoal(blocks []Block, goal int, g *Goal) (Outcome, string) {
	c := total(blocks, goal)
	if c.N == 0 {
		return Undecided, "nothing was measured for " + g.Expr
	}
	effect := designEffect(blocks, goal, c.share())
	n, bad := float64(c.N)/effect, float64(c.Bad)/effect
	switch {
	case atMost(bad, n, g.Share) <= doubt:
		return Pass, ""
	case c.share() > g.Share && 1-atMost(bad-1, n, g.Share) <= doubt:
		return Fail, fmt.Sprintf("%.3g %% of %d broke %s", 100*c.share(), c.N, g.Expr)
	}
	return Undecided, fmt.Sprintf("%d are too few to tell: %.3g %% broke %s", c.N, 100*c.share(), g.Expr)
}

// atMost is the chance of k or fewer among n if each has the chance p. n and k need not
// be whole.
func atMost(k, n, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathx.BetaInc(1-p, n-k, k+1)
}

// failing tells to which side of the capacity a rate seems to be, for the search's way:
// by the outcome, or if that is undecided by the share seen.
func failing(t *Trial, goals []Goal) bool {
	if t.Outcome != Undecided {
		return t.Outcome == Fail
	}
	for g := range goals {
		if total(settled(t.Blocks), g).share() > goals[g].Share {
			return true
		}
	}
	return false
}
