package capacity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// The generator's part of the time that a goal allows, and of the run, beyond which it
// may be the generator that breaks the goal.
const (
	ownPart   = 0.1
	stoodPart = 0.01
)

// spoiled says how the generator spoiled a trial; "" if it did not. Unlike the verdict on
// a run it does not ask whether a percentile is right, but whether the generator can be
// why a goal was broken. Cores that are busy with something else are no reason by
// themselves: if they keep the generator from its work, it is late.
func spoiled(res *figures.Result, m *Measured, goals []Goal) string {
	shortest := shortestLimit(goals)
	allowed := time.Duration(ownPart * float64(shortest))
	// What is far over a limit is not so because of a smaller delay.
	i := -1
	for name, f := range res.FlowsInOrder() {
		i++
		took := m.behindOf(i)
		if d := f.Phase(sample.SpanMessage).Time(sample.Response); d != nil {
			took = max(took, d.P99)
		}
		beyond := took - shortest
		if late := f.Late; late != nil && late.P99 > allowed && 2*late.P99 > beyond {
			return fmt.Sprintf("arrivals of flow %s began late: p99 %s after they were due, of %s that the goal allows", name, human.Duration(late.P99), human.Duration(shortest))
		}
		if own := res.Generator.Own; own != nil && own.P99 > allowed && 2*own.P99 > beyond {
			return fmt.Sprintf("the generator was slow to go on: p99 %s of a message, of %s that the goal allows", human.Duration(own.P99), human.Duration(shortest))
		}
		if g := &res.Generator; g.StoodShare > stoodPart && 2*g.Stood > beyond {
			return fmt.Sprintf("the generator stood still for %s", human.Duration(g.Stood))
		}
		for _, e := range f.Errors {
			if e.Class == sample.LocalLimit.String() {
				return "local-limit: " + e.Example
			}
		}
	}
	if len(res.Generator.ClockSteps) > 0 {
		return "the wall clock stepped"
	}
	return ""
}

// behindOf is for how long the oldest messages of a flow waited when the trial ended.
func (m *Measured) behindOf(flow int) time.Duration {
	if flow >= len(m.behind) {
		return 0
	}
	return m.behind[flow]
}

// explains tells whether waits of the server may be why a trial did not keep its goals. No message
// comes later than all of them together, so what is far over a limit is not so because of them;
// and they are nothing if they are hardly more than a moment of what a goal allows.
func (m *Measured) explains(waits time.Duration, goals []Goal) bool {
	moment := min(ownPart*float64(shortestLimit(goals)), mostGain*float64(m.length()))
	if float64(waits) <= moment {
		return false
	}
	broken := false
	for g := range goals {
		if goals[g].Limit == 0 {
			continue
		}
		took := time.Duration(0)
		if g < len(m.AtGoals) {
			took = m.AtGoals[g]
		}
		if goals[g].OfMessages {
			took = max(took, m.behindOf(goals[g].flow))
		}
		beyond := took - goals[g].Limit
		if goals[g].OfMessages {
			beyond = max(beyond, stood(m.Blocks, g))
		}
		switch {
		case beyond <= 0:
		case 2*waits > beyond:
			return true
		default:
			broken = true
		}
	}
	return !broken // its queue may have grown, or errors came of time
}

// length is how long was measured.
func (m *Measured) length() time.Duration { return time.Duration(len(m.Blocks)) * time.Second }

// shortOf says which agents of a fleet had not their whole part in a trial, or were not heard
// of for some of its seconds; "" if none. Less was offered then than the trial's rate, or less
// of it was seen.
func shortOf(r *record.Run) string {
	var list []string
	for i := range r.Agents {
		switch a := &r.Agents[i]; {
		case a.Lost != "":
			list = append(list, fmt.Sprintf("agent %s on %s was lost: %s", a.Name, a.Host, a.Lost))
		case a.Away > 0:
			list = append(list, fmt.Sprintf("nothing was heard of agent %s on %s for %s", a.Name, a.Host, human.Duration(a.Away)))
		}
	}
	return strings.Join(list, "; ")
}

// shortestLimit is the shortest time that a goal allows; 0 if none limits a time.
func shortestLimit(goals []Goal) time.Duration {
	shortest := time.Duration(0)
	for i := range goals {
		if l := goals[i].Limit; l > 0 && (shortest == 0 || l < shortest) {
			shortest = l
		}
	}
	return shortest
}

// cutOff counts what the end of the trial cut off.
func cutOff(res *figures.Result) int64 {
	var n int64
	for _, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			if e.Class == sample.Canceled.String() {
				n += e.Count
			}
		}
	}
	return n
}

// commonest is the commonest error, for people, and whether it is the server's: a machine
// that is too slow explains errors of time, and its own limits. "" if there is none.
func commonest(res *figures.Result) (text string, servers bool) {
	var most int64
	for _, f := range res.FlowsInOrder() {
		for _, e := range f.Errors {
			// What the end of the trial cut off is no error.
			if e.Count > most && !e.Expected && e.Class != sample.Canceled.String() {
				most, text = e.Count, errorText(e.Class, e.Phase, e.Example)
				servers = !slices.Contains(ofTime, e.Class)
			}
		}
	}
	return text, servers
}

func errorText(class, phase, example string) string {
	return fmt.Sprintf("%s at %s: %s", class, phase, example)
}

// ofTime are the classes of errors that may come from a lack of time, or of this machine's
// own means.
var ofTime = []string{sample.ConnectTimeout.String(), sample.Timeout.String(), sample.LocalLimit.String()}
