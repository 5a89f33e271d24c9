package figures

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// agentRun is a run of a fleet whose agents' times are each around a median.
func agentRun(allowLost, of int, medians ...time.Duration) *record.Run {
	h := record.NewHeader(samples.TwoFlows(1), criteria.Criteria{})
	r := &record.Run{Header: h, Closing: &record.Closing{AllowLost: allowLost}}
	for i, m := range medians {
		a := record.Agent{Place: record.Place{Name: string(rune('a' + i)), Number: i + 1, Of: of}, Host: "h", Times: make([]*histogram.Histogram, 2)}
		a.Times[0] = histogram.New()
		for k := range 20_000 {
			a.Times[0].Record(m/2 + m*time.Duration(k)/20_000)
		}
		a.Messages[sample.Accepted] = 20_000
		r.Agents = append(r.Agents, a)
	}
	return r
}

// checked is what the agents of a run mean for its figures.
func checked(r *record.Run) Validity {
	v := Validity{}
	v.checkAgents(r, &Result{Agents: agentsOf(r)})
	return v
}

func TestAgentsThatAgree(t *testing.T) {
	if v := checked(agentRun(0, 3, time.Millisecond, 1050*time.Microsecond, time.Millisecond)); len(v.Reasons)+len(v.Notes) > 0 {
		t.Errorf("%q, %q", v.Reasons, v.Notes)
	}
}

func TestAgentThatDisagrees(t *testing.T) {
	for _, n := range []int{3, 40} {
		medians := slices.Repeat([]time.Duration{time.Millisecond}, n)
		medians[1] = 2 * time.Millisecond
		v := checked(agentRun(0, n, medians...))
		if len(v.Reasons) > 0 || len(v.Notes) != 1 || !strings.Contains(v.Notes[0], "b on h disagrees with ") {
			t.Errorf("%d agents: %q, %q", n, v.Reasons, v.Notes)
		}
	}
}

// Few samples show nothing.
func TestTooFewToDisagree(t *testing.T) {
	r := agentRun(0, 2, time.Millisecond, time.Millisecond)
	few := histogram.New()
	for range 100 {
		few.Record(5 * time.Millisecond)
	}
	for _, h := range []*histogram.Histogram{few, nil} {
		r.Agents[1].Times[0] = h
		if v := checked(r); len(v.Notes) > 0 {
			t.Errorf("%q", v.Notes)
		}
	}
}

func TestLostAgents(t *testing.T) {
	for _, c := range []struct {
		allow, of, lost int
		reason          string
	}{
		{0, 2, 0, ""}, {0, 2, 1, "of 2, lost: a on h (killed)"}, {1, 2, 1, ""}, {1, 3, 1, "1 agent whose files are missing"}, {0, 3, 0, "1 agent whose files are missing"},
		{1, 4, 0, "2 agents whose files are missing"}, {2, 4, 0, ""},
		{2, 2, 2, "no agent is left"}, {5, 2, 2, "no agent is left"}, {1, 2, 2, "no agent is left"}, {4, 4, 2, "no agent is left"},
	} {
		r := agentRun(c.allow, c.of, time.Millisecond, time.Millisecond)
		for i := range c.lost {
			r.Agents[i].Lost = "killed"
		}
		v := checked(r)
		if got := strings.Join(v.Reasons, "; "); (got == "") != (c.reason == "") || !strings.Contains(got, c.reason) {
			t.Errorf("%+v: %q", c, got)
		}
		if c.reason == "" && c.lost > 0 && len(v.Notes) != 1 {
			t.Errorf("%+v: notes %q", c, v.Notes)
		}
	}
}

// Of a run all of whose agents were lost, what they alone know is unknown, and that they
// attempted nothing is no failure of the server.
func TestNoAgentLeft(t *testing.T) {
	th, err := criteria.ParseThreshold("rate > 5/s")
	if err != nil {
		t.Fatal(err)
	}
	for _, messages := range []int{0, 39} {
		p := samples.TwoFlows(1)
		r, _ := madeup.Recorded(t, madeup.Header(p), p, 10*time.Second, func(r sample.Recorder) {
			for _, s := range []sample.Series{samples.Closed, samples.Open} {
				for range messages {
					r.Message(s, sample.Accepted, sample.Steady, 1, 0)
				}
			}
			r.Tick(tenSeconds)
		})
		th.Flow = r.Header.Flows[0].Name
		r.Header.Thresholds = append(r.Header.Thresholds, th)
		r.Closing = &record.Closing{AllowLost: 1}
		r.Agents = []record.Agent{{Place: record.Place{Name: "a", Of: 1}, Times: make([]*histogram.Histogram, 2), Lost: "killed"}}
		res := Of(r)
		if res.Verdict.Word != criteria.Invalid || !strings.Contains(res.Verdict.Reason, "no agent is left") || res.Clock != "unknown" {
			t.Errorf("%d messages: %s: %s, clock %q", messages, res.Verdict.Word, res.Verdict.Reason, res.Clock)
		}
		want := map[int]string{0: "the load did not begin", 39: "it is not known how long the load lasted"}[messages]
		if got := res.Thresholds[0]; got.OK || got.Reason != want {
			t.Errorf("%d messages: %+v", messages, got)
		}
	}
}

// However many are lost, the reason fits a screen.
func TestManyLostAgents(t *testing.T) {
	r := agentRun(0, 40, slices.Repeat([]time.Duration{time.Millisecond}, 40)...)
	for i := range 30 {
		r.Agents[i].Lost = "it has been silent since 10:00:00"
	}
	if v := checked(r); len(v.Reasons) != 1 || len(v.Reasons[0]) > 400 || !strings.Contains(v.Reasons[0], "e on h (it has been silent since 10:00:00); 25 other agents; their part") {
		t.Errorf("%q", v.Reasons)
	}
}

func TestAgentsNotes(t *testing.T) {
	r := agentRun(0, 2, time.Millisecond, time.Millisecond)
	r.Agents[0].Away, r.Agents[1].Skew = 4*time.Second, 200*time.Millisecond
	v := checked(r)
	if len(v.Reasons) > 0 || len(v.Notes) != 2 || !strings.Contains(v.Notes[0], "4.00 s; its part is whole") || !strings.Contains(v.Notes[1], "200 ms apart") {
		t.Errorf("%q, %q", v.Reasons, v.Notes)
	}
	if p50, ok := agentsOf(r)[0].P50(); !ok || p50 < 900*time.Microsecond {
		t.Errorf("p50 %v", p50)
	}
}

// The file of one agent says that it is not the whole.
func TestOneAgentsPart(t *testing.T) {
	r := new(record.Run)
	r.Header.Agent = &record.Place{Name: "a2", Number: 2, Of: 3}
	var v Validity
	v.checkAgents(r, &Result{})
	if len(v.Notes) != 1 || !strings.Contains(v.Notes[0], "the part of agent a2 alone, number 2 of 3") {
		t.Errorf("notes %q", v.Notes)
	}
}
