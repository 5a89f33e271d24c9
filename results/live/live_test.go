package live

import (
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

const sec = time.Second

// closedFlow is a flow of 10 s.
func closedFlow(name string) loadgen.Flow {
	return loadgen.Flow{Name: name, Load: loadgen.Load{Sessions: 5, Duration: 10 * sec}}
}

// stagedFlow is a flow of 10 s in three stages.
func stagedFlow(name string) loadgen.Flow {
	return loadgen.Flow{Name: name, Load: loadgen.Load{Unit: loadgen.Messages, MaxSessions: 5, Stages: []pace.Stage{
		{For: 4 * sec, To: 1000}, {For: 5 * sec, From: 1000, To: 1000}, {For: sec, From: 3000, To: 3000},
	}}}
}

// ended is a stage of a round, from 0, that ended after so long.
func ended(round int, stage sample.Stage, at time.Duration) *record.StageEnd {
	return &record.StageEnd{Round: round, Stage: stage, At: at}
}

// progress is how far a run is after so long, by the stages of its flows that have
// ended. Each flow has a session open.
func progress(p *loadgen.Plan, elapsed time.Duration, ends ...*record.StageEnd) *record.Progress {
	out := &record.Progress{Elapsed: elapsed, Length: sec}
	for i, f := range p.Flows {
		out.Flows = append(out.Flows, record.FlowProgress{Name: f.Name, Open: 1, Ended: ends[i]})
	}
	return out
}

func states(s *Standing) string {
	var out []byte
	for _, f := range s.Flows {
		out = append(out, "wud"[f.State])
	}
	return string(out)
}

// A run of two flows in turn, three rounds of 1 s warm-up and 10 s each: 66 s, and what
// drains.
func TestFlowsInTurn(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{closedFlow("a"), stagedFlow("b")}, InTurn: true, Rounds: 3, Warmup: sec}
	for _, test := range []struct {
		name   string
		at     time.Duration
		ends   [2]*record.StageEnd
		states string
		round  int
		stage  Stage // of the flow under way
		left   time.Duration
	}{
		{"warming up", sec / 2, [2]*record.StageEnd{}, "uw", 1, Stage{Kind: Warmup}, 65500 * time.Millisecond},
		{"the load of the first", 5 * sec, [2]*record.StageEnd{ended(0, sample.Warmup, sec)}, "uw", 1, Stage{}, 61 * sec},
		{"drains", 12 * sec, [2]*record.StageEnd{ended(0, sample.Steady, 11*sec)}, "uw", 1, Stage{Kind: Draining}, 55 * sec},
		{"the second begins after a long drain", 13500 * time.Millisecond, [2]*record.StageEnd{ended(0, sample.Drain, 13*sec)}, "du", 1, Stage{Kind: Warmup}, 54500 * time.Millisecond},
		{"its second stage", 20 * sec, [2]*record.StageEnd{ended(0, sample.Drain, 13*sec), ended(0, sample.Warmup, 14*sec)}, "du", 1,
			Stage{Number: 2, Of: 3, From: 1000, To: 1000, Unit: loadgen.Messages}, 48 * sec},
		{"the second round", 26 * sec, [2]*record.StageEnd{ended(0, sample.Drain, 13*sec), ended(0, sample.Drain, 24*sec)}, "uw", 2, Stage{}, 42 * sec},
		{"the last drain", 70 * sec, [2]*record.StageEnd{ended(2, sample.Drain, 57*sec), ended(2, sample.Steady, 69*sec)}, "du", 3, Stage{Kind: Draining}, 0},
		{"the end", 71 * sec, [2]*record.StageEnd{ended(2, sample.Drain, 57*sec), ended(2, sample.Drain, 71*sec)}, "dd", 3, Stage{}, 0},
	} {
		s := At(p, progress(p, test.at, test.ends[:]...))
		if got := states(s); got != test.states || s.Round != test.round || s.Rounds != 3 {
			t.Errorf("%s: states %s in round %d of %d, want %s in %d of 3", test.name, got, s.Round, s.Rounds, test.states, test.round)
		}
		for _, f := range s.UnderWay() {
			if f.Stage != test.stage {
				t.Errorf("%s: stage %+v, want %+v", test.name, f.Stage, test.stage)
			}
		}
		if s.Remains.Kind != Planned || s.Remains.Left != test.left {
			t.Errorf("%s: %+v is left, want %v", test.name, s.Remains, test.left)
		}
		if want := float64(test.at) / float64(test.at+test.left); s.Remains.Done != want {
			t.Errorf("%s: %v is done, want %v", test.name, s.Remains.Done, want)
		}
		if s.Over() != (test.states == "dd") {
			t.Errorf("%s: over is %v", test.name, s.Over())
		}
	}
}

// Flows that run together are under way until their sessions are closed, and the longest
// sets the time.
func TestFlowsTogether(t *testing.T) {
	short := closedFlow("short")
	short.Load.Duration = 3 * sec
	p := &loadgen.Plan{Flows: []loadgen.Flow{short, stagedFlow("long")}, Rounds: 2}
	i := progress(p, 4*sec, ended(0, sample.Steady, 3*sec), nil)
	if s := At(p, i); states(s) != "uu" || s.Flows[0].Stage.Kind != Draining || s.Remains.Left != 16*sec {
		t.Errorf("while a flow drains: %s, %+v, %+v", states(s), s.Flows[0].Stage, s.Remains)
	}
	i.Flows[0].Open = 0
	if s := At(p, i); states(s) != "du" {
		t.Errorf("when it has drained: %s", states(s))
	}
	i = progress(p, 14*sec, ended(0, sample.Drain, 12*sec), ended(0, sample.Drain, 12*sec))
	if s := At(p, i); states(s) != "uu" || s.Round != 2 || s.Flows[1].Stage.Number != 1 || s.Remains.Left != 8*sec {
		t.Errorf("in the second round: %s, round %d, %+v, %+v", states(s), s.Round, s.Flows[1].Stage, s.Remains)
	}
}

// A stage is that of the interval's middle, because the figures are the interval's.
func TestStageIsThatOfTheFigures(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{stagedFlow("f")}}
	for at, want := range map[time.Duration]int{4 * sec: 1, 4*sec + sec/2: 2, 9 * sec: 2, 10 * sec: 3, 12 * sec: 3} {
		if got := At(p, progress(p, at, nil)).Flows[0].Stage.Number; got != want {
			t.Errorf("after %v: stage %d, want %d", at, got, want)
		}
	}
}

// If the server decides how long a run takes, the rest is estimated from what is done.
func TestFixedWorkIsEstimated(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{
		{Name: "a", Load: loadgen.Load{Sessions: 5, Messages: 1000}}, {Name: "b", Load: loadgen.Load{Sessions: 5, Messages: 1000}},
	}, Rounds: 2, InTurn: true}
	i := progress(p, 20*sec, ended(0, sample.Drain, 10*sec), nil)
	i.Flows[0].Messages = tally.MessageCounts{Attempted: 1000}
	i.Flows[1].Messages = tally.MessageCounts{Attempted: 600}
	if r := At(p, i).Remains; r != (Remains{Done: 0.4, Left: 30 * sec, Kind: Estimated}) {
		t.Errorf("at 1.6 of 4 turns: %+v", r)
	}
	i = progress(p, sec, nil, nil)
	if r := At(p, i).Remains; r != (Remains{}) {
		t.Errorf("at the start: %+v", r)
	}
	i = progress(p, 99*sec, ended(1, sample.Drain, 50*sec), ended(1, sample.Drain, 99*sec))
	if r := At(p, i).Remains; r.Done != 1 || r.Left != 0 {
		t.Errorf("at the end: %+v", r)
	}
}

func TestOffered(t *testing.T) {
	sessions := stagedFlow("f")
	sessions.Load.Unit, sessions.Session.Messages = loadgen.Sessions, 3
	endless := sessions
	endless.Session.Messages = 0
	for name, test := range map[string]struct {
		flow  loadgen.Flow
		want  float64
		known bool
	}{
		"messages": {stagedFlow("f"), 50, true}, "sessions of three messages": {sessions, 150, true},
		"sessions without a number": {endless, 0, false}, "closed": {closedFlow("f"), 0, false},
	} {
		p := &loadgen.Plan{Flows: []loadgen.Flow{test.flow}}
		i := progress(p, 2*sec, nil)
		i.Length, i.Flows[0].Due, i.Flows[0].Started, i.Flows[0].Accepted = 2*sec, 100, 90, 80
		f := At(p, i).Flows[0]
		if f.Offered != test.want || f.OffersNumber != test.known || f.Begun != 45 || f.Accepted != 40 {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestErrorsComeByClass(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{closedFlow("a"), closedFlow("b")}}
	i := progress(p, sec, nil, nil)
	i.Flows[0].Errors = map[sample.Class]int64{sample.Busy: 2, sample.Timeout: 13}
	i.Flows[1].Errors = map[sample.Class]int64{sample.Busy: 20}
	s := At(p, i)
	if got := s.Flows[0].Errors; len(got) != 2 || got[0] != (ClassCount{"timeout", 13}) || got[1] != (ClassCount{"busy", 2}) {
		t.Errorf("of a flow: %v", got)
	}
	if got := ErrorsOf(s.Flows); len(got) != 2 || got[0] != (ClassCount{"busy", 22}) {
		t.Errorf("of both: %v", got)
	}
}

func TestClock(t *testing.T) {
	for want, s := range map[string]Standing{
		"3 s":                   {Elapsed: 3 * sec},
		"3 s of 10 s, 7 s left": {Elapsed: 3 * sec, Remains: Remains{Left: 7 * sec, Kind: Planned}},
		"3 s, about 7 s left":   {Elapsed: 3 * sec, Remains: Remains{Left: 7 * sec, Kind: Estimated}},
		"11 s, finishing":       {Elapsed: 11 * sec, Remains: Remains{Kind: Planned}},
		"3 s, draining":         {Elapsed: 3 * sec, Remains: Remains{Left: 7 * sec, Kind: Planned}, Draining: true},
	} {
		if got := s.Clock(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

func TestStagesAreNamed(t *testing.T) {
	for want, s := range map[string]Stage{
		"": {}, "warm-up": {Kind: Warmup}, "draining": {Kind: Draining},
		"stage 2 of 3: 1,000 messages/s":    {Number: 2, Of: 3, From: 1000, To: 1000, Unit: loadgen.Messages},
		"stage 1 of 3: 0 to 200 sessions/s": {Number: 1, Of: 3, To: 200},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

// An agent that is lost is called that, and not silent.
func TestAgentsAreSilentOrLost(t *testing.T) {
	p := &loadgen.Plan{Flows: []loadgen.Flow{closedFlow("f")}, Rounds: 1}
	for want, agents := range map[string][3]int{ // in all, silent, lost
		"":                             {},
		"3 agents":                     {3},
		"1 of 3 agents silent":         {3, 1},
		"1 of 3 agents lost":           {3, 0, 1},
		"2 of 4 agents lost, 1 silent": {4, 1, 2},
	} {
		i := progress(p, sec, nil)
		i.Agents, i.Silent, i.Lost = agents[0], agents[1], agents[2]
		if got := At(p, i).AgentsText(); got != want {
			t.Errorf("%v is %q, want %q", agents, got, want)
		}
	}
}
