package loadgen

import (
	"maps"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// Sessions take the addresses of a name in turn, through all rounds, and each address
// gets its part of them. With FirstAddress all go to one.
func TestSessionsSpreadOverAddresses(t *testing.T) {
	for spread, want := range map[Spread]map[string]sample.Visits{
		AllAddresses: {"127.0.0.1": {Started: 20}, "127.0.0.2": {Started: 20}, "127.0.0.3": {Started: 20}},
		FirstAddress: {"127.0.0.1": {Started: 60}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &several{up: map[string]bool{"127.0.0.1": true, "127.0.0.2": true, "127.0.0.3": true}}
			p := plan(Load{Sessions: 4, Messages: 10})
			p.Rounds, p.Flows[0].Session.Messages, p.Flows[0].Target.Spread = 6, 1, spread
			rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2 127.0.0.3")
			if !maps.Equal(rec.visits, want) || rec.outcomes[sample.Accepted] != 60 {
				t.Errorf("%v: %v, want %v", spread, rec.visits, want)
			}
			for a := range want {
				if n := int64(s.count(a)); n != want[a].Started || !slices.Contains(rec.greeters, a) {
					t.Errorf("%v: %d connections to %s, greeted from %v", spread, n, a, rec.greeters)
				}
			}
		})
	}
}

// An address that takes no connection is named with the reason, and left alone for
// longer each time. No message is lost by it.
func TestDeadAddressIsLeftAlone(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails map[string]error
		tries int64
		why   string
	}{
		// At 0 s, and after pauses of 1, 2, 4 ... 16 s.
		{"refuses", map[string]error{"127.0.0.2": syscall.ECONNREFUSED}, 6, "refused: connection refused"},
		// Each try takes half of the limit as well. In the first, both sessions wait.
		{"silent", nil, 7, "connect-timeout: no answer"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &several{up: map[string]bool{"127.0.0.1": true}, fails: test.fails}
			s.delay = map[string]time.Duration{"body": 100 * time.Millisecond}
			p := plan(Load{Sessions: 2, Duration: 50 * time.Second})
			p.Flows[0].Session.Messages = 1
			rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2")
			got, other := rec.visits["127.0.0.2"], rec.visits["127.0.0.1"]
			if want := (sample.Visits{Started: test.tries, Unreached: test.tries, Why: test.why}); got != want {
				t.Errorf("%s: %+v, want %+v", test.name, got, want)
			}
			if len(rec.failures) > 0 || other.Unreached+other.Failed > 0 || other.Started != int64(rec.events[sample.SessionStarted]) {
				t.Errorf("%s: %v, %+v of %v", test.name, rec.failures, other, rec.events)
			}
		})
	}
}

// An address that comes back gets its part of the sessions again.
func TestAddressThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &several{up: map[string]bool{"127.0.0.1": true}, fails: map[string]error{"127.0.0.2": syscall.ECONNREFUSED}}
		s.delay = map[string]time.Duration{"body": 100 * time.Millisecond}
		p := plan(Load{Sessions: 1, Duration: 40 * time.Second})
		p.Flows[0].Session.Messages = 1
		go func() {
			time.Sleep(10 * time.Second)
			s.mu.Lock()
			s.up["127.0.0.2"], s.fails = true, nil
			s.mu.Unlock()
		}()
		rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2")
		// It is tried at 0, 1, 3, 7 and 15 s. From then on it gets half.
		if got := rec.visits["127.0.0.2"]; got.Unreached != 4 || got.Started < 120 || got.Started > 130 {
			t.Errorf("%+v", got)
		}
	})
}

// If no address answers, each session tries all of them all the same.
func TestAllAddressesAreDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := map[string]error{"127.0.0.1": syscall.ECONNREFUSED, "127.0.0.2": syscall.ECONNREFUSED}
		s := &several{fails: refused}
		p := plan(Load{Sessions: 1, Duration: 4 * time.Second})
		rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2")
		n := int64(rec.events[sample.SessionFailed])
		for a := range refused {
			if got := rec.visits[a]; n == 0 || got.Started != n || got.Unreached != n || got.Failed != 0 {
				t.Errorf("%s: %+v of %d sessions", a, got, n)
			}
		}
		if rec.failures["connect refused"] != int(n) {
			t.Errorf("%v of %d sessions", rec.failures, n)
		}
	})
}

// Sessions that had a connection and failed count at their address, and those of the
// warm-up apart.
func TestFailedSessionsCountAtTheirAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &several{up: map[string]bool{"127.0.0.1": true, "127.0.0.2": true}}
		s.answer, s.delay = map[string]string{"ehlo": "421 busy"}, map[string]time.Duration{"ehlo": time.Second}
		p := plan(Load{Sessions: 1, Duration: 10 * time.Second})
		p.Warmup = 5 * time.Second
		rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2")
		var started int64
		for _, v := range rec.visits {
			started += v.Started
			if v.Failed != v.Started || v.Failed == 0 || v.Unreached != 0 {
				t.Errorf("%+v", v)
			}
		}
		if all := int64(rec.events[sample.SessionStarted]); started >= all || started < all/2 {
			t.Errorf("%d of %d sessions are the load's", started, all)
		}
	})
}

// A round goes on with what the last one knew of the addresses that are there again.
func TestDestinationsAreRenewed(t *testing.T) {
	p := plan(Load{})
	find := func(addrs string) []netdrive.Addr {
		p.Flows[0].Target.Host = "mail.example.test"
		found, err := p.LookUp(t.Context(), &p.Flows[0].Target, answers(addrs))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	var d destinations
	d.renew(&p.Flows[0], find("127.0.0.1 127.0.0.2"))
	d.failed(0, 0, time.Second)
	d.answered(1)
	d.all[1].captures = 3
	d.renew(&p.Flows[0], find("127.0.0.3 127.0.0.2 127.0.0.1"))
	if d.prefer != 1 || d.all[2].failures != 1 || d.all[2].retryAt != 2*time.Second || d.all[0].failures != 0 || d.all[1].captures != 0 {
		t.Errorf("%+v", d)
	}
	d.renew(&p.Flows[0], find("127.0.0.4"))
	if d.prefer != 0 || d.first(7, 0) != 0 {
		t.Errorf("%+v", d)
	}
}
