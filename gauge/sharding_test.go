package gauge

import (
	"context"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/machine"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

func TestShardsAreTheLeastOfNeedSessionsAndRoom(t *testing.T) {
	unknown := math.Inf(1)
	for _, c := range []struct {
		name     string
		cores    float64
		sessions int
		room     room
		want     int
		why      string
	}{
		{"nothing to do", 0, 1, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 1, "less than 0.1 of a core"},
		{"half a core", 0.5, 500, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 1, "about 0.5 cores"},
		{"over half a core", 0.6, 500, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 2, "about 0.6 cores"},
		{"four cores", 3.9, 500, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 8, "about 3.9 cores"},
		{"few sessions", 3.9, 23, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 2, "too few sessions for more, 23 at once"},
		{"remote, two cores", 3.9, 500, room{allowed: machine.Allowed{Cores: 2}, procs: 2}, 1, "2 cores, of which one is left"},
		{"beside the server", 3.9, 500, room{allowed: machine.Allowed{Cores: 8}, procs: 8, shared: true}, 4, "8 cores, which the server"},
		{"beside the server, two cores", 3.9, 500, room{allowed: machine.Allowed{Cores: 2}, procs: 2, shared: true}, 1, "2 cores, which the server"},
		{"one core", 3.9, 500, room{allowed: machine.Allowed{Cores: 1}, procs: 1}, 1, "1 core"},
		{"a quota", 3.9, 500, room{allowed: machine.Allowed{Cores: 32, Quota: 3.5}, procs: 4}, 2, "32 cores and a limit of 3.5 for its control group"},
		{"a small quota", 3.9, 500, room{allowed: machine.Allowed{Cores: 32, Quota: 0.5}, procs: 2}, 1, "a limit of 0.5"},
		{"a quota that limits nothing", 3.9, 500, room{allowed: machine.Allowed{Cores: 4, Quota: 8}, procs: 4}, 3, "with 4 cores, of"},
		{"GOMAXPROCS", 3.9, 500, room{allowed: machine.Allowed{Cores: 32}, procs: 3}, 2, "GOMAXPROCS at 3"},
		{"nobody knows", unknown, 5000, room{allowed: machine.Allowed{Cores: 32}, procs: 32}, 31, "32 cores"},
		{"a giant", unknown, 100_000, room{allowed: machine.Allowed{Cores: 1000}, procs: 1000}, MaxShards, "as much as there is"},
	} {
		got := choose(need{cores: c.cores, sessions: c.sessions}, c.room)
		if got.Shards != c.want || !strings.HasPrefix(got.Why, "auto: ") || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %+v, want %d, %q", c.name, got, c.want, c.why)
		}
	}
}

func TestNeedFollowsTheLoad(t *testing.T) {
	stages := []pace.Stage{{For: time.Second, From: 100, To: 1000}, {For: time.Second, From: 10, To: 10}}
	for _, c := range []struct {
		name        string
		load        loadgen.Load
		session     loadgen.Session
		least, most float64
	}{
		{"messages over connections that last", loadgen.Load{Stages: stages, Unit: loadgen.Messages, MaxSessions: 100}, loadgen.Session{}, 0.03, 0.06},
		{"a connection a message", loadgen.Load{Stages: stages, Unit: loadgen.Messages, MaxSessions: 100}, loadgen.Session{Messages: 1}, 0.1, 0.15},
		{"sessions with TLS", loadgen.Load{Stages: stages, Unit: loadgen.Sessions, MaxSessions: 100}, loadgen.Session{Messages: 2, Wire: smtpwire.Options{TLS: sample.TLSStart}}, 0.7, 0.85},
		{"sessions with SCRAM", loadgen.Load{Stages: stages, Unit: loadgen.Sessions, MaxSessions: 100}, loadgen.Session{Messages: 1, Accounts: []smtpwire.Credentials{{Mechanism: "SCRAM-SHA-256"}}}, 2, 2.3},
		{"sessions with PLAIN", loadgen.Load{Stages: stages, Unit: loadgen.Sessions, MaxSessions: 100}, loadgen.Session{Messages: 1, Accounts: []smtpwire.Credentials{{Mechanism: "PLAIN"}}}, 0.1, 0.15},
		{"closed", loadgen.Load{Sessions: 100}, loadgen.Session{}, 0.7, 0.9},
		{"closed, with think time", loadgen.Load{Sessions: 100}, loadgen.Session{Think: time.Second}, 0, 0.01},
	} {
		flow := loadgen.Flow{Load: c.load, Session: c.session}
		if got := flowNeed(&flow); got < c.least || got > c.most {
			t.Errorf("%s: %.3f cores, want %g to %g", c.name, got, c.least, c.most)
		}
	}
	two := &loadgen.Plan{Flows: []loadgen.Flow{{Load: loadgen.Load{Sessions: 100}}, {Load: loadgen.Load{Sessions: 50}}}}
	together := needOf(two)
	two.InTurn = true
	if turn := needOf(two); turn.cores >= together.cores || turn.sessions != 100 || together.sessions != 150 {
		t.Errorf("in turn %+v, together %+v", turn, together)
	}
}

func TestServersOnThisMachine(t *testing.T) {
	own := "127.0.0.1"
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			own = n.IP.String()
		}
	}
	for _, c := range []struct {
		target loadgen.Target
		want   bool
	}{
		{loadgen.Target{Network: "tcp", Host: "127.0.0.9", Port: 25}, true},
		{loadgen.Target{Network: "tcp", Host: "::1", Port: 25}, true},
		{loadgen.Target{Network: "tcp", Host: own, Port: 25}, true},
		{loadgen.Target{Network: "unix", Host: "/run/lmtp"}, true},
		{loadgen.Target{Network: "tcp", Host: "sink", Port: 25}, true},
		{loadgen.Target{Network: "tcp", Host: "192.168.254.253", Port: 25}, false},
		{loadgen.Target{Network: "tcp", Host: "192.0.2.1", Port: 25}, false}, // a stranger: the run refuses it
	} {
		p := &loadgen.Plan{MayLoad: []string{own}, Flows: []loadgen.Flow{{Target: c.target}}}
		if got := onThisMachine(context.Background(), p); got != c.want {
			t.Errorf("%+v: %v, want %v", c.target, got, c.want)
		}
	}
}

func TestShardsHaveNoMoreThreadsThanCores(t *testing.T) {
	two := room{allowed: machine.Allowed{Cores: 2}, procs: 4}
	for _, c := range []struct {
		room    room
		shards  int
		why     string
		threads int
		want    string
	}{
		{two, 1, "as asked for", 1, "as asked for"},
		{two, 2, "as asked for", 2, "as asked for"},
		{two, 8, "as asked for", 2, "as asked for, on 2 threads, as there are no more cores"},
		{two, 3, "", 2, "on 2 threads, as there are no more cores"},
		{room{allowed: machine.Allowed{Cores: 4, Quota: 1.5}, procs: 4}, 2, "as asked for", 1, "as asked for, on 1 thread, as there is one core"},
	} {
		if threads, why := c.room.threads(c.shards, c.why); threads != c.threads || why != c.want {
			t.Errorf("%d shards with %v: %d threads, %q; want %d, %q", c.shards, c.room, threads, why, c.threads, c.want)
		}
	}
}
