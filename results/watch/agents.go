package watch

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// An agent is how one agent of a fleet stands.
type agent struct {
	Name     string `json:"name"`
	Accepted string `json:"accepted"` // a second
	SoFar    string `json:"so_far"`
	P99      string `json:"p99"`
	State    string `json:"state"` // lost, silent, or nothing to say
}

// maxAgents is how many agents have a row. Of more, those that are worst off do.
const maxAgents = 12

// A standing part is an agent's, with what it is ranked by.
type standingPart struct {
	*record.AgentProgress
	p99      time.Duration
	measured bool
}

func (p *standingPart) trouble() int {
	switch {
	case p.Lost:
		return 2
	case p.Silent:
		return 1
	}
	return 0
}

// agentsOf are the rows of a fleet's agents, how all of them stand, and what to say of those
// that have no row.
func agentsOf(i *record.Progress) (rows []agent, brief, rest string) {
	var parts []standingPart
	for k := range i.Parts {
		p := standingPart{AgentProgress: &i.Parts[k]}
		p.p99, p.measured = p.AllTimes().Quantile(0.99)
		parts = append(parts, p)
	}
	if len(parts) > maxAgents { // otherwise each keeps its place
		slices.SortStableFunc(parts, func(a, b standingPart) int {
			return cmp.Or(cmp.Compare(b.trouble(), a.trouble()), cmp.Compare(b.p99, a.p99))
		})
	}
	brief = briefly(parts)
	shown := min(len(parts), maxAgents)
	rate := func(n int64) string {
		if s := i.Length.Seconds(); s > 0 {
			return human.Rate(float64(n) / s)
		}
		return human.NoSamples
	}
	for k := range parts[:shown] {
		p := &parts[k]
		row := agent{Name: p.who(), Accepted: rate(p.Accepted), SoFar: human.Count(p.SoFar), P99: human.NoSamples}
		if p.measured {
			row.P99 = human.Duration(p.p99)
		}
		row.State = []string{"", "silent", "lost"}[p.trouble()]
		rows = append(rows, row)
	}
	if shown < len(parts) {
		var accepted int64
		troubled := 0
		for k := range parts[shown:] {
			p := &parts[shown+k]
			accepted += p.Accepted
			troubled += min(1, p.trouble())
		}
		rest = fmt.Sprintf("and %s that are better off: %s/s accepted", human.CountOf(int64(len(parts)-shown), "agent"), rate(accepted))
		if troubled > 0 {
			rest += fmt.Sprintf(", %d of them silent or lost", troubled)
		}
	}
	return rows, brief, rest
}

func (p *standingPart) who() string { return printable.Text(p.Name + " on " + p.Host) }

// briefly says how many agents are in trouble, and between which agents the times are.
func briefly(parts []standingPart) string {
	if len(parts) == 0 {
		return ""
	}
	var lost, silent int64
	var best, worst *standingPart
	for k := range parts {
		p := &parts[k]
		switch p.trouble() {
		case 2:
			lost++
		case 1:
			silent++
		}
		if p.measured && (best == nil || p.p99 < best.p99) {
			best = p
		}
		if p.measured && (worst == nil || p.p99 > worst.p99) {
			worst = p
		}
	}
	text := human.CountOf(int64(len(parts)), "agent")
	switch {
	case lost+silent == 0:
		text += ", none silent or lost"
	case lost == 0:
		text += fmt.Sprintf(", %s silent", human.Count(silent))
	case silent == 0:
		text += fmt.Sprintf(", %s lost", human.Count(lost))
	default:
		text += fmt.Sprintf(", %s silent and %s lost", human.Count(silent), human.Count(lost))
	}
	if best != worst {
		text += fmt.Sprintf("; p99 from %s to %s, of %s", human.Duration(best.p99), human.Duration(worst.p99), worst.who())
	}
	return text
}
