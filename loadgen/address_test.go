package loadgen

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// several is a server at some of the addresses of a name. Those that are neither in
// up nor fail at once are silent.
type several struct {
	fakeServer
	up    map[string]bool
	fails map[string]error

	mu    sync.Mutex
	tried []netdrive.Addr
}

func (s *several) driver(epoch time.Time) (netdrive.Driver, error) {
	return netdrive.NewPortable(epoch, func(ctx context.Context, a netdrive.Addr) (net.Conn, error) {
		s.mu.Lock()
		s.tried = append(s.tried, a)
		up, err := s.up[a.TCP.Addr().String()], s.fails[a.TCP.Addr().String()]
		s.mu.Unlock()
		switch {
		case err != nil:
			return nil, err
		case up:
			return s.dial(ctx, a)
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}), nil
}

// count is how often an address was tried.
func (s *several) count(addr string) (n int) {
	for _, a := range s.tried {
		if a.TCP.Addr().String() == addr {
			n++
		}
	}
	return n
}

func runSeveral(t *testing.T, p *Plan, s *several, addrs string) (*tape, *sample.Report) {
	t.Helper()
	rec := newTape()
	p.Flows[0].Target.Host = "mail.example.test"
	e, err := New(p, func(int) sample.Recorder { return rec }, Options{NewDriver: s.driver, Resolve: answers(addrs)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.served.Wait)
	report, err := e.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rec, report
}

// If an address is silent, refuses or has no route, the next is tried, within the
// one time limit for connecting.
func TestAnotherAddressIsTried(t *testing.T) {
	for _, test := range []struct {
		name    string
		addrs   string
		up      string
		fails   map[string]error
		after   time.Duration // from the first session's start to its connection
		failure string
	}{
		{name: "the first is silent", addrs: "127.0.0.2 127.0.0.1", up: "127.0.0.1", after: 2 * time.Second},
		{name: "the first two are silent", addrs: "127.0.0.2 127.0.0.3 127.0.0.1", up: "127.0.0.1", after: 2666666666},
		{name: "the first refuses", addrs: "127.0.0.2 127.0.0.1", up: "127.0.0.1", fails: map[string]error{"127.0.0.2": syscall.ECONNREFUSED}},
		{name: "no route to IPv6", addrs: "fd00::1 127.0.0.1", up: "127.0.0.1", fails: map[string]error{"fd00::1": syscall.ENETUNREACH}},
		{name: "no IPv6 here", addrs: "::1 127.0.0.1", up: "127.0.0.1", fails: map[string]error{"::1": &netdrive.OwnFault{Text: "none"}}},
		{name: "one refuses, one is silent", addrs: "127.0.0.2 127.0.0.3 127.0.0.1", up: "127.0.0.1", fails: map[string]error{"127.0.0.2": syscall.ECONNREFUSED}, after: 2 * time.Second},
		{name: "all are silent", addrs: "127.0.0.2 127.0.0.3", failure: "connect connect-timeout"},
		{name: "the last refuses", addrs: "127.0.0.2 127.0.0.3", fails: map[string]error{"127.0.0.3": syscall.ECONNREFUSED}, failure: "connect refused"},
		{name: "no descriptors", addrs: "127.0.0.2 127.0.0.1", up: "127.0.0.1", fails: map[string]error{"127.0.0.2": syscall.EMFILE}, failure: "connect local-limit"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &several{up: map[string]bool{test.up: true}, fails: test.fails}
			p := plan(Load{Sessions: 1, Messages: 1})
			p.Flows[0].Timeouts.Connect = 4 * time.Second
			p.Flows[0].Session.Messages = 1
			s.started = time.Now()
			rec, _ := runSeveral(t, p, s, test.addrs)
			if test.failure != "" {
				if rec.failures[test.failure] != 1 || len(rec.failures) != 1 || rec.outcomes[sample.Failed] != 1 {
					t.Errorf("%s: %v, %v", test.name, rec.failures, rec.outcomes)
				}
				return
			}
			if rec.outcomes[sample.Accepted] != 1 || len(rec.failures) > 0 {
				t.Errorf("%s: %v, %v", test.name, rec.outcomes, rec.failures)
			}
			if len(s.dials) != 1 || s.dials[0] != test.after {
				t.Errorf("%s: reached after %v, want %v", test.name, s.dials, test.after)
			}
			if !slices.Equal(rec.greeters, []string{test.up}) {
				t.Errorf("%s: greeted from %v, want %s", test.name, rec.greeters, test.up)
			}
		})
	}
}

// All silent addresses together take as long as one.
func TestSilenceTakesTheLimitOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &several{}
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Timeouts.Connect = 3 * time.Second
		began := time.Now()
		runSeveral(t, p, s, "127.0.0.1 127.0.0.2 127.0.0.3")
		if took := time.Since(began); took != 3*time.Second || len(s.tried) != 3 {
			t.Errorf("%d addresses took %v, want 3s for all three", len(s.tried), took)
		}
	})
}

// Sessions that use the first address that answers wait for a silent one only until
// the other one has answered. Later rounds do not try it first.
func TestSilentAddressIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &several{up: map[string]bool{"127.0.0.1": true}}
		p := plan(Load{Sessions: 5, Messages: 1000})
		p.Flows[0].Session.Messages, p.Flows[0].Target.Spread = 1, FirstAddress
		p.Rounds = 3
		rec, _ := runSeveral(t, p, s, "127.0.0.2 127.0.0.1")
		if rec.outcomes[sample.Accepted] != 3000 || s.count("127.0.0.2") != 5 || s.count("127.0.0.1") != 3000 {
			t.Errorf("%v accepted, the silent address tried %d times, want 5", rec.outcomes, s.count("127.0.0.2"))
		}
	})
}

// If an address falls silent in the middle, sessions go to the other one, and its
// greeting is recorded too.
func TestAddressThatFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &several{up: map[string]bool{"127.0.0.1": true}}
		s.delay = map[string]time.Duration{"body": 100 * time.Millisecond}
		p := plan(Load{Sessions: 1, Messages: 300})
		p.Flows[0].Session.Messages, p.Flows[0].Target.Spread = 1, FirstAddress
		go func() {
			time.Sleep(10 * time.Second)
			s.mu.Lock()
			s.up = map[string]bool{"127.0.0.2": true}
			s.mu.Unlock()
		}()
		rec, _ := runSeveral(t, p, s, "127.0.0.1 127.0.0.2")
		if rec.outcomes[sample.Accepted] != 300 || len(rec.failures) > 0 {
			t.Errorf("%v, %v", rec.outcomes, rec.failures)
		}
		if !slices.Contains(rec.greeters, "127.0.0.1") || !slices.Contains(rec.greeters, "127.0.0.2") {
			t.Errorf("greeted from %v", rec.greeters)
		}
	})
}

// A connection has a source address of its target's family. An address that no
// source can reach is not tried.
func TestSourcesFitTheAddress(t *testing.T) {
	for _, test := range []struct {
		sources []string
		want    []string // source and address of each connection
	}{
		{[]string{"127.0.0.7"}, []string{"127.0.0.7 127.0.0.1", "127.0.0.7 127.0.0.1", "127.0.0.7 127.0.0.1"}},
		{[]string{"::1"}, []string{"::1 fd00::1", "::1 fd00::1", "::1 fd00::1"}},
		{[]string{"127.0.0.7", "::1", "127.0.0.8"}, []string{"::1 fd00::1", "127.0.0.7 127.0.0.1", "127.0.0.7 127.0.0.1", "127.0.0.8 127.0.0.1"}},
		{nil, []string{"invalid IP fd00::1", "invalid IP 127.0.0.1", "invalid IP 127.0.0.1", "invalid IP 127.0.0.1"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &several{up: map[string]bool{"127.0.0.1": true}, fails: map[string]error{"fd00::1": syscall.ENETUNREACH}}
			p := plan(Load{Sessions: 1, Messages: 3})
			p.Flows[0].Session.Messages = 1
			for _, a := range test.sources {
				p.Flows[0].Target.Sources = append(p.Flows[0].Target.Sources, netip.MustParseAddr(a))
			}
			runSeveral(t, p, s, "fd00::1 127.0.0.1")
			var got []string
			for _, a := range s.tried {
				got = append(got, a.Source.String()+" "+a.TCP.Addr().String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("sources %v: %q, want %q", test.sources, got, test.want)
			}
		})
	}
}

func TestSourcesOfAnotherFamilyAreOurFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(Load{Sessions: 1, Messages: 1})
		p.Flows[0].Target.Sources = []netip.Addr{netip.MustParseAddr("::1")}
		rec, _ := runSeveral(t, p, &several{}, "127.0.0.1")
		if rec.failures["resolve local-limit"] != 1 || len(rec.failures) != 1 {
			t.Errorf("%v", rec.failures)
		}
	})
}

// A target that this machine has no route to is lost, like one that refuses. If the
// machine has run out of descriptors, that says nothing about the target.
func TestUnreachableTargetIsLost(t *testing.T) {
	for err, lost := range map[error]bool{
		syscall.ECONNREFUSED: true, syscall.ENETUNREACH: true, syscall.EACCES: true, syscall.EMFILE: false, syscall.EADDRNOTAVAIL: false,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &several{fails: map[string]error{"127.0.0.1": err}}
			began := time.Now()
			_, report := runSeveral(t, plan(Load{Sessions: 3, Duration: time.Minute}), s, "127.0.0.1")
			if (report.Lost != "") != lost || (time.Since(began) < 30*time.Second) != lost {
				t.Errorf("%v: lost %q after %v", err, report.Lost, time.Since(began))
			}
		})
	}
}
