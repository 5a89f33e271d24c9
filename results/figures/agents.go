package figures

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// An Agent is what became of one of the agents of a fleet.
type Agent struct {
	Name        string              `json:"name"`
	Host        string              `json:"host"`
	Version     string              `json:"version"`
	Lost        bool                `json:"lost"`              // its part is not whole
	Why         string              `json:"why,omitempty"`     // if it is lost
	Away        time.Duration       `json:"away_ns,omitempty"` // how long nothing was heard of it
	Offset      time.Duration       `json:"offset_ns"`         // its clock less the coordinator's
	OffsetError time.Duration       `json:"offset_error_ns"`   // the truth is within so much of Offset
	Skew        time.Duration       `json:"skew_ns"`           // from the agreed start to its own
	Messages    tally.MessageCounts `json:"messages"`          // of all flows, without the warm-up

	times *Distribution // of messages of all flows; nil if there are none
}

// P50 and P99 are quantiles of the agent's message times, by which each flow's load is judged.
// They are false if there are none.
func (a *Agent) P50() (time.Duration, bool) {
	return a.quantile(func(d *Distribution) time.Duration { return d.P50 })
}

// P99 is as P50.
func (a *Agent) P99() (time.Duration, bool) {
	return a.quantile(func(d *Distribution) time.Duration { return d.P99 })
}

func (a *Agent) quantile(of func(*Distribution) time.Duration) (time.Duration, bool) {
	if a.times == nil {
		return 0, false
	}
	return of(a.times), true
}

// agentsOf are the agents of a run; nil if it is of no fleet.
func agentsOf(r *record.Run) []Agent {
	var list []Agent
	for i := range r.Agents {
		from := &r.Agents[i]
		c := tally.Counts{Outcomes: from.Messages}
		a := Agent{
			Name: from.Name, Host: from.Host, Version: from.Version, Lost: from.Lost != "", Why: from.Lost, Away: from.Away,
			Offset: from.Offset, OffsetError: from.OffsetError, Skew: from.Skew, Messages: c.Messages(),
		}
		all := tally.NewTotal()
		for _, h := range from.Times {
			if h.Count() > 0 {
				all.Hist(0).Merge(h)
			}
		}
		a.times = newDistribution(all, 0)
		list = append(list, a)
	}
	return list
}

// nobodyLeft tells whether the run is of a fleet all of whose agents were lost.
func (res *Result) nobodyLeft() bool {
	return len(res.Agents) > 0 && !slices.ContainsFunc(res.Agents, func(a Agent) bool { return !a.Lost })
}

// skewNote is how far apart agents may start before that is worth a note.
const skewNote = 100 * time.Millisecond

// namedLost is how many of the agents that are lost are named: the table has all.
const namedLost = 5

// checkAgents says what lost agents mean for the figures: the load was not the one that was
// asked for.
func (v *Validity) checkAgents(r *record.Run, res *Result) {
	if p := r.Header.Agent; p != nil && len(res.Agents) == 0 {
		v.addNote("agents: this is the part of agent %s alone, number %d of %d; show --merge makes one result of the files of all", p.Name, p.Number, p.Of)
	}
	if len(res.Agents) == 0 {
		return
	}
	var names []string
	lost := 0
	for i := range res.Agents {
		a := &res.Agents[i]
		if !a.Lost {
			continue
		}
		if lost++; lost <= namedLost {
			names = append(names, fmt.Sprintf("%s on %s (%s)", a.Name, a.Host, a.Why))
		}
	}
	if more := lost - namedLost; more > 0 {
		names = append(names, human.CountOf(int64(more), "other agent"))
	}
	of := r.Agents[0].Of
	if missing := of - len(res.Agents); missing > 0 {
		lost += missing
		names = append(names, fmt.Sprintf("%s whose files are missing", human.CountOf(int64(missing), "agent")))
	}
	allowed := 0
	if r.Closing != nil {
		allowed = r.Closing.AllowLost
	}
	switch text := fmt.Sprintf("agents: of %d, lost: %s; their part of the load is missing, or was late", of, strings.Join(names, "; ")); {
	case res.nobodyLeft(): // whatever is allowed: nobody measured to the end
		v.addReason("%s; no agent is left", text)
	case lost > allowed:
		v.addReason("%s", text)
	case lost > 0:
		v.addNote("%s; --allow-lost %d allows that", text, allowed)
	}
	first, last := res.Agents[0].Skew, res.Agents[0].Skew
	for i := range res.Agents {
		a := &res.Agents[i]
		first, last = min(first, a.Skew), max(last, a.Skew)
		if a.Away > 0 && !a.Lost {
			v.addNote("agents: nothing was heard of %s on %s for %s; its part is whole", a.Name, a.Host, human.Duration(a.Away))
		}
	}
	if last-first > skewNote {
		v.addNote("agents: they began up to %s apart", human.Duration(last-first))
	}
	v.Notes = append(v.Notes, disagreements(r)...)
}
