package capacity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge/serverside"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

func TestStarved(t *testing.T) {
	known := func(server, generator, others, idle, waited float64) *serverside.CoreUse {
		return &serverside.CoreUse{Cores: 2, Found: true, Server: server, Generator: generator, Others: others, Idle: idle, Waited: &waited, Crowded: 1}
	}
	without := func(use *serverside.CoreUse) *serverside.CoreUse {
		use.Waited = nil
		return use
	}
	unknown := func(idle float64) *serverside.CoreUse {
		return &serverside.CoreUse{Cores: 2, Others: 2 - idle, Idle: idle, Crowded: 1}
	}
	roomy := func(use *serverside.CoreUse) *serverside.CoreUse {
		use.Crowded = 0
		return use
	}
	forks := known(0.4, 0.2, 0.05, 0.02, 0.1)
	forks.Fleeting = 1.2
	goals := []Goal{{Share: 0.01, OfMessages: true}, goalOfQueue}
	blocks := slices.Repeat([]Block{{Due: 50, Goals: []Count{{N: 50}, {N: 50}}}}, 10)
	for _, c := range []struct {
		name string
		use  *serverside.CoreUse
		free *generator.FreeAround
		want bool
	}{
		{"two loops beside it", known(0.6, 0.2, 1.1, 0, 0.7), nil, true},
		{"loops that give way", known(1.2, 0.4, 0.4, 0, 0.03), nil, false},
		{"the server uses up the machine", known(1.5, 0.45, 0.04, 0, 3), nil, false},
		{"others have cores of their own", known(0.9, 0.2, 0.6, 0.3, 0.01), nil, false},
		{"a disk-bound server waits for its turns", known(0.1, 0.1, 1.7, 0.05, 0.2), nil, true},
		{"nobody waits in an idle machine", known(0.3, 0.2, 0.2, 1.3, 0), nil, false},
		{"a core was free in each second, and waits are how long it took to wake", roomy(known(0.11, 0.1, 0.4, 1.4, 0.17)), nil, false},
		{"waits unknown, none idle", without(known(0.6, 0.2, 1.1, 0, 0)), nil, true},
		{"waits unknown, some idle", without(known(0.6, 0.2, 0.5, 0.6, 0)), nil, false},
		{"server unknown, busy before, after and under load", unknown(0.1), &generator.FreeAround{Before: 0.2, After: 1.1}, true},
		{"server unknown, free at rest", unknown(0.1), &generator.FreeAround{Before: 1.9, After: 1.6}, false},
		{"server unknown, some idle under load", unknown(0.5), &generator.FreeAround{Before: 0.2, After: 0.2}, false},
		{"a server that forks, free at rest", forks, &generator.FreeAround{Before: 1.9, After: 1.9}, false},
		{"a server that forks, busy at rest", forks, &generator.FreeAround{Before: 0.2, After: 0.3}, true},
		{"nothing known", nil, &generator.FreeAround{}, false},
	} {
		if got := starved(&Measured{Machine: c.use, Blocks: blocks}, c.free, goals); (got != "") != c.want {
			t.Errorf("%s: %q, want starved: %v", c.name, got, c.want)
		}
	}
}

// Waits for a core explain no more than their own length: a server that stopped answering is not
// starved by whoever has the cores meanwhile, and one that others keep from its work is.
func TestWaitsExplainWhatBrokeAGoal(t *testing.T) {
	goals := []Goal{{Share: 0.01, OfMessages: true}, goalOfQueue, {Share: 0.01, Limit: 50 * time.Millisecond}}
	for _, c := range []struct {
		name           string
		server, waited float64
		seconds        int
		behind         time.Duration
		at             []time.Duration
		done           int64 // messages a second
		want           bool
	}{
		{"it was stopped", 0, 0, 3, 3 * time.Second, nil, 0, false},
		{"it accepts connections and says nothing", 0.001, 0.002, 3, 3 * time.Second, nil, 0, false},
		{"it greets each session and answers no message", 0.06, 0.05, 3, 3 * time.Second, nil, 0, false},
		{"it greets each session, for longer", 0.06, 0.05, 20, 20 * time.Second, nil, 0, false},
		{"it answers nothing for less time than the goal allows", 0.06, 0.05, 3, 200 * time.Millisecond, nil, 0, false},
		{"it has half of what it needs", 0.3, 0.5, 10, 5 * time.Second, []time.Duration{0, 5 * time.Second, 0}, 50, true},
		{"it hardly gets a core at all", 0.001, 0.99, 3, 3 * time.Second, nil, 0, true},
		{"its waits broke a goal by little", 0.05, 0.06, 10, 0, []time.Duration{0, 600 * time.Millisecond, 0}, 50, true},
		{"they broke the goal of a phase, and messages take long anyway", 0.05, 0.06, 10, 0, []time.Duration{0, 9 * time.Second, 600 * time.Millisecond}, 50, true},
		{"they made its queue grow", 0.3, 0.06, 10, 0, []time.Duration{0, 100 * time.Millisecond, 0}, 50, true},
		{"they are a moment of what the goal allows", 0.0001, 0.0004, 10, 0, []time.Duration{0, 260 * time.Millisecond, 0}, 50, false},
	} {
		use := &serverside.CoreUse{Cores: 2, Found: true, Server: c.server, Others: 1.7, Waited: &c.waited, Crowded: 1}
		m := &Measured{Machine: use, AtGoals: c.at, behind: []time.Duration{c.behind}}
		for range c.seconds {
			b := Block{Due: 100, Waiting: int64(100 * c.behind.Seconds()), Goals: make([]Count, len(goals))}
			for g := range goals {
				b.Goals[g].N = c.done
			}
			m.Blocks = append(m.Blocks, b)
		}
		if got := starved(m, nil, goals); (got != "") != c.want {
			t.Errorf("%s: %q, want starved: %v", c.name, got, c.want)
		}
	}
}

// A server that waited for a core all the while may give no answer for that, but refuses nothing.
func TestSilenceOfAStarvedServer(t *testing.T) {
	waited := 0.99
	known, unknown := &serverside.CoreUse{Waited: &waited}, &serverside.CoreUse{}
	for _, c := range []struct {
		name    string
		class   string
		starved string
		use     *serverside.CoreUse
		want    Outcome
	}{
		{"it waited", "timeout", "others used the cores", known, Invalid},
		{"it refused", "refused", "others used the cores", known, Unanswered},
		{"whether it waited is not known", "timeout", "others used the cores", unknown, Unanswered},
		{"it did not wait", "timeout", "", known, Unanswered},
	} {
		f := &figures.Flow{Errors: []tally.FailureCount{{Class: c.class, Phase: "banner", Count: 30}}}
		f.Sessions.Started = 30
		m := Measured{Starved: c.starved, Machine: c.use, Silent: silences(&figures.Result{FlowOrder: []string{"a"}, Flows: map[string]*figures.Flow{"a": f}})}
		for range 3 {
			m.Blocks = append(m.Blocks, Block{Due: 10, Waiting: 30, Goals: []Count{{}}})
		}
		if got := newTrial(10, Doubling, m, []Goal{goalOfQueue}); got.Outcome != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got.Outcome, got.Why, c.want)
		}
	}
}

// A server that takes the cores itself is at its limit, and the answer says beside whom.
func TestUsedUpByTheServerItself(t *testing.T) {
	trial := func(rate float64, o Outcome, use *serverside.CoreUse) *Trial {
		return &Trial{Rate: rate, Outcome: o, Measured: Measured{Machine: use}}
	}
	full := &serverside.CoreUse{Cores: 2, Found: true, Server: 1.5, Generator: 0.4, Others: 0.05, Idle: 0.05}
	r := Range{690, 700, 710}
	got := besideGenerator([]*Trial{trial(600, Pass, &serverside.CoreUse{Cores: 2, Idle: 1}), trial(720, Fail, full), trial(1400, Fail, nil)}, r)
	if want := "the server used 1.50, the generator 0.400 and others 0.050"; !strings.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	full.Found = false
	if got := besideGenerator([]*Trial{trial(720, Fail, full)}, r); !strings.Contains(got, "by whom is not known") {
		t.Errorf("%q, and the server's processes are not known", got)
	}
	full.Idle = 0.6
	if got := besideGenerator([]*Trial{trial(720, Fail, full)}, r); got != "" {
		t.Errorf("%q, and cores were idle", got)
	}
	full.Found, full.Idle, full.Server, full.Others = true, 0.05, 0.01, 1.85
	if got := besideGenerator([]*Trial{trial(720, Fail, full)}, r); got != "" {
		t.Errorf("%q, and others used the cores up", got)
	}
}
