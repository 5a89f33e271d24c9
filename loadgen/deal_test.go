package loadgen

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

func TestADealGivesEachThingOnce(t *testing.T) {
	for count := range 12 {
		for most := range 15 {
			for n := range int64(40) {
				var all []int64
				for i := range count {
					d := deal{index: int64(i), count: int64(count)}.among(most)
					for k := range d.share(n) {
						all = append(all, d.number(k))
					}
					if d.none() != (i >= max(1, most)) {
						t.Fatalf("shard %d among %d of %d: gets none is %v", i, most, count, d.none())
					}
				}
				slices.Sort(all)
				for k, number := range all {
					if number != int64(k) {
						t.Fatalf("%d things among %d of %d shards: %v", n, most, count, all)
					}
				}
				if count > 0 && int64(len(all)) != n {
					t.Fatalf("%d things among %d of %d shards: %d dealt", n, most, count, len(all))
				}
			}
		}
	}
}

func TestPartsHaveRoomForTheirShards(t *testing.T) {
	for _, c := range []struct {
		part   Part
		shards int
		ok     bool
	}{
		{Part{}, 3, true}, {Part{First: 0, All: 3}, 3, true}, {Part{First: 2, All: 4}, 2, true},
		{Part{First: 2, All: 4}, 3, false}, {Part{First: -1, All: 4}, 1, false}, {Part{First: 1}, 1, false}, {Part{First: 4, All: 4}, 1, false},
	} {
		_, err := New(plan(Load{Sessions: 1}), nil, Options{Shards: c.shards, Part: c.part})
		if (err == nil) != c.ok {
			t.Errorf("%d shards in %+v: %v", c.shards, c.part, err)
		}
	}
}

// dealtAddresses are those of the target of dealtPlan.
const dealtAddresses = "127.0.0.1 127.0.0.2 127.0.0.3"

// dealtPlan returns a plan whose mail and sessions tell all that is dealt out: numbers,
// rows, accounts, addresses to connect to and addresses to connect from.
func dealtPlan(load Load, perSession int) *Plan {
	p := plan(load)
	f := &p.Flows[0]
	f.Target.Host = "mail.example.test"
	for i := range 4 {
		f.Target.Sources = append(f.Target.Sources, netip.AddrFrom4([4]byte{127, 0, 1, byte(i)}))
	}
	f.Session.Messages = perSession
	for i := range 5 {
		f.Session.Accounts = append(f.Session.Accounts, smtpwire.Credentials{Mechanism: "PLAIN", Username: fmt.Sprintf("u%d", i), Password: "secret"})
	}
	f.Mail.From, f.Mail.To = "s{seq}@example.test", []string{"{mailbox}@example.test"}
	f.Mail.Columns = &mail.Table{Columns: []string{"mailbox"}}
	for i := range 7 {
		f.Mail.Columns.Rows = append(f.Mail.Columns.Rows, []string{fmt.Sprintf("row%d", i)})
	}
	return p
}

// dealt is what a run came to, sorted.
type dealt struct {
	said     []string // the commands that tell what was dealt out
	connects []string // from where to where, and for an open load when
	accepted int
	most     int // the most sessions at once
}

// A division is how a load is divided: among engines of so many shards each, on so many
// threads each; 0 for as many as shards.
type division struct {
	engines []int
	threads int
}

// runDealt runs a plan in a division.
func runDealt(t *testing.T, p *Plan, among division) *dealt {
	t.Helper()
	d := &dealt{}
	f := &fakeServer{delay: map[string]time.Duration{"body": 30 * time.Millisecond}, answer: map[string]string{
		"ehlo": "250-fake\r\n250 AUTH PLAIN", "auth": "235 ok"}}
	f.heard = func(line string) {
		if verb, _, _ := strings.Cut(line, " "); slices.Contains([]string{"AUTH", "MAIL", "RCPT"}, verb) {
			d.said = append(d.said, line)
		}
	}
	f.started = time.Now()
	driver := func(epoch time.Time) (netdrive.Driver, error) {
		return netdrive.NewPortable(epoch, func(ctx context.Context, a netdrive.Addr) (net.Conn, error) {
			text := a.Source.String() + " to " + a.TCP.String()
			if p.Flows[0].Load.Open() {
				text += " at " + time.Since(f.started).String()
			}
			f.mu.Lock()
			d.connects = append(d.connects, text)
			f.mu.Unlock()
			return f.dial(ctx, a)
		}), nil
	}
	engines := among.engines
	all, first := 0, 0
	for _, n := range engines {
		all += n
	}
	var running sync.WaitGroup
	var tapes []*tape
	for _, n := range engines {
		record := func(int) sample.Recorder {
			tapes = append(tapes, newTape())
			return tapes[len(tapes)-1]
		}
		part := Part{First: first, All: all}
		if len(engines) == 1 {
			part = Part{}
		}
		e, err := New(p, record, Options{Shards: n, Threads: among.threads, Part: part, NewDriver: driver, Resolve: answers(dealtAddresses)})
		if err != nil {
			t.Fatal(err)
		}
		first += n
		running.Go(func() {
			if report, err := e.Run(t.Context()); err != nil || report.Lost != "" || report.Interrupted {
				t.Errorf("%v: %+v, %v", among, report, err)
			}
		})
		synctest.Wait() // it has asked for its recorders, and is at its first sleep
	}
	running.Wait()
	f.served.Wait()
	for _, rec := range tapes {
		d.accepted += rec.outcomes[sample.Accepted]
		peak := 0
		for _, k := range rec.ticks {
			peak = max(peak, k.Peak[0])
		}
		d.most += peak
	}
	slices.Sort(d.said)
	slices.Sort(d.connects)
	return d
}

// In however many shards a load is divided, in one engine or in several, together they
// do what one shard would: the same messages with the same numbers and rows, by the same
// accounts, from the same addresses and to the same, and at the same times if the load
// is open.
func TestAnyDivisionIsTheWhole(t *testing.T) {
	for _, c := range []struct {
		name       string
		load       Load
		perSession int
		rounds     int
		messages   int
	}{
		{"closed, a message a session", Load{Sessions: 8, Messages: 21}, 1, 2, 42},
		{"closed, long sessions", Load{Sessions: 7, Messages: 31}, 0, 3, 93},
		{"closed, fewer sessions than shards", Load{Sessions: 3, Messages: 23}, 0, 2, 46},
		{"closed, fewer messages than sessions", Load{Sessions: 40, Messages: 40, Ramp: time.Second}, 1, 1, 40},
		{"sessions arrive", Load{Stages: stage(time.Second, 17), Unit: Sessions, MaxSessions: 100}, 2, 2, 68},
		{"sessions arrive as they like", Load{Stages: stage(time.Second, 20), Process: pace.Poisson, Unit: Sessions, MaxSessions: 100}, 1, 2, 0},
		{"sessions arrive as they like, once", Load{Stages: stage(time.Second, 20), Process: pace.Poisson, Unit: Sessions, MaxSessions: 100}, 1, 1, 0},
		{"sessions arrive, once", Load{Stages: stage(time.Second, 13), Unit: Sessions, MaxSessions: 100}, 3, 1, 39},
		{"sessions arrive on a ramp", Load{Stages: []pace.Stage{{For: 2 * time.Second, To: 30}}, Unit: Sessions, MaxSessions: 100}, 1, 1, 30},
	} {
		p := dealtPlan(c.load, c.perSession)
		p.Rounds = c.rounds
		var whole *dealt
		for _, among := range []division{
			{[]int{1}, 0}, {[]int{2}, 0}, {[]int{3}, 0}, {[]int{5}, 0}, {[]int{8}, 0}, {[]int{2}, 1}, {[]int{5}, 2}, {[]int{8}, 3},
			{[]int{1, 1}, 0}, {[]int{2, 3}, 1}, {[]int{1, 1, 1, 1, 1, 1, 1, 1}, 0},
		} {
			if c.load.Open() && c.rounds > 1 && len(among.engines) > 1 {
				continue // by themselves, engines do not begin the second round at the same time
			}
			synctest.Test(t, func(t *testing.T) {
				got := runDealt(t, p, among)
				if whole == nil {
					whole = got
				}
				if !slices.Equal(got.said, whole.said) || !slices.Equal(got.connects, whole.connects) || got.accepted != whole.accepted {
					t.Errorf("%s, divided %v: accepted %d,\n said %q\n connected %q\nwant %d,\n %q\n %q",
						c.name, among, got.accepted, got.said, got.connects, whole.accepted, whole.said, whole.connects)
				}
				if c.messages > 0 && got.accepted != c.messages {
					t.Errorf("%s, divided %v: accepted %d, want %d", c.name, among, got.accepted, c.messages)
				}
			})
		}
	}
}

// What the server has a part in need not be the same in each division: who connects
// again first, and how many messages a second fit. But no number is given twice, and no
// more sessions are open than the plan says.
func TestNoDivisionGivesANumberTwice(t *testing.T) {
	for _, c := range []struct {
		name       string
		load       Load
		perSession int
		most       int
		messages   int
	}{
		{"closed, for a time", Load{Sessions: 6, Duration: 200 * time.Millisecond}, 2, 6, 0},
		{"closed, several messages a session", Load{Sessions: 3, Messages: 20}, 4, 3, 40},
		{"messages arrive", Load{Stages: stage(time.Second, 40), Unit: Messages, MaxSessions: 5}, 0, 5, 80},
		{"more sessions arrive than may be open", Load{Stages: stage(300*time.Millisecond, 100), Unit: Sessions, MaxSessions: 2}, 1, 2, 60},
		{"sessions that last", Load{Stages: stage(200*time.Millisecond, 30), Unit: Sessions, MaxSessions: 30}, 0, 30, 0},
	} {
		for _, among := range []division{{[]int{1}, 0}, {[]int{2}, 0}, {[]int{8}, 0}, {[]int{8}, 2}, {[]int{1, 1, 1}, 0}} {
			synctest.Test(t, func(t *testing.T) {
				p := dealtPlan(c.load, c.perSession)
				p.Rounds, p.Warmup = 2, 100*time.Millisecond
				got := runDealt(t, p, among)
				var senders []string
				for _, line := range got.said {
					if strings.HasPrefix(line, "MAIL") {
						senders = append(senders, strings.Fields(line)[1])
					}
				}
				if distinct := slices.Compact(slices.Sorted(slices.Values(senders))); len(distinct) != len(senders) {
					t.Errorf("%s, divided %v: %d messages with %d numbers", c.name, among, len(senders), len(distinct))
				}
				if got.most > c.most {
					t.Errorf("%s, divided %v: %d sessions at once, want %d at most", c.name, among, got.most, c.most)
				}
				if c.messages > 0 && got.accepted != c.messages {
					t.Errorf("%s, divided %v: accepted %d, want %d", c.name, among, got.accepted, c.messages)
				}
				if c.name == "closed, several messages a session" {
					for n := range c.messages {
						if !slices.Contains(senders, fmt.Sprintf("FROM:<s%d@example.test>", n)) {
							t.Errorf("%s, divided %v: nothing has the number %d", c.name, among, n)
						}
					}
				}
			})
		}
	}
}
