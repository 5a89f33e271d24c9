package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// fleetSecond is a second of so many agents, number k of which has a p99 of about k ms. Two are
// in trouble.
func fleetSecond(agents int) *record.Progress {
	p := second(1)
	for k := range agents {
		h := histogram.New()
		h.Record(time.Duration(k+1) * time.Millisecond)
		p.Parts = append(p.Parts, record.AgentProgress{
			Name: fmt.Sprintf("a%d", k+1), Host: "h\x1b[2J", Accepted: 10, SoFar: 1000, Times: []*histogram.Histogram{nil, h},
			Silent: k == 1, Lost: k == 2,
		})
	}
	return p
}

func TestAgentsHaveRows(t *testing.T) {
	rows, brief, rest := agentsOf(fleetSecond(3))
	if got := fmt.Sprint(rows, rest); got != `[{a1 on h\x1b[2J 10.0 1,000 1.00 ms } {a2 on h\x1b[2J 10.0 1,000 2.00 ms silent} {a3 on h\x1b[2J 10.0 1,000 3.00 ms lost}]` {
		t.Error(got)
	}
	if want := `3 agents, 1 silent and 1 lost; p99 from 1.00 ms to 3.00 ms, of a3 on h\x1b[2J`; brief != want {
		t.Errorf("%q, want %q", brief, want)
	}
	rows, _, rest = agentsOf(fleetSecond(200))
	var names []string
	for _, r := range rows {
		names = append(names, strings.Fields(r.Name)[0])
	}
	if got := strings.Join(names, " "); got != "a3 a2 a200 a199 a198 a197 a196 a195 a194 a193 a192 a191" || rest != "and 188 agents that are better off: 1,880/s accepted" {
		t.Errorf("%s, %s", got, rest)
	}
	p := fleetSecond(40)
	for k := range p.Parts {
		p.Parts[k].Lost = k >= 20
	}
	if _, _, rest := agentsOf(p); !strings.HasSuffix(rest, ", 9 of them silent or lost") {
		t.Error(rest)
	}
	p.Parts = p.Parts[:1]
	if _, brief, _ := agentsOf(p); brief != "1 agent, none silent or lost" {
		t.Error(brief)
	}
}

// A run on this machine has no agents; one of a fleet tells those who watch.
func TestAgentsAreTold(t *testing.T) {
	s := served(t, 1)
	w := watching(t, s)
	if _, course := w.next(); text(course["state"].(map[string]any)["agents"]) != "[]" {
		t.Errorf("agents of none: %v", course["state"])
	}
	s.Observe(live.At(plan(), fleetSecond(200)), fleetSecond(200))
	_, e := w.next()
	state := e["state"].(map[string]any)
	if n := len(state["agents"].([]any)); n != maxAgents || !strings.HasPrefix(text(state["rest"]), "and 188 agents") {
		t.Errorf("%d agents, %v", n, state["rest"])
	}
}
