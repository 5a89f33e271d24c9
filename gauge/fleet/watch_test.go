package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// A fakeServer uses half a core, and its machine's clock is off by so much.
type fakeServer struct {
	off  time.Duration
	last time.Time
}

func (f *fakeServer) Look() (*tally.ServerSample, error) {
	now := time.Now()
	s := &tally.ServerSample{From: instant(f.last.Add(f.off)), To: instant(now.Add(f.off)), CPU: now.Sub(f.last) / 2, Cores: 4, Processes: 3, Memory: 1 << 20}
	f.last = now
	return s, nil
}

// A lossy bus loses every fifth message that is sent.
type lossy struct {
	bus.Bus
	sent int
}

func (l *lossy) Send(address string, data []byte) error {
	if l.sent++; l.sent%5 == 0 {
		return nil
	}
	return l.Bus.Send(address, data)
}

// watchedJob is newJob with an agent that looks at the server.
func watchedJob(t *testing.T) *gauge.Job {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(scenario+"server: {agent: mx1}\n"), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return gauge.NewJob(s)
}

// carryWatched carries the scenario out by two agents, with a watcher.
func carryWatched(t *testing.T, s *stage, open func([]bus.Target) (Looker, error), file *bytes.Buffer) (*record.Run, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.group.Go(func() {
		err := Watch(ctx, &lossy{Bus: s.bus}, s.token, WatchOptions{Name: "mx1", Host: "server", Version: "1", Open: open, Report: s.report})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the watcher ended: %v", err)
		}
	})
	if err := s.fleet.Gather(t.Context()); err != nil {
		return nil, err
	}
	run, err := s.fleet.Carry(t.Context(), watchedJob(t), []byte(scenario), gauge.Options{File: file})
	return run, err
}

// loadsWatched lets the fake agents carry out the scenario that names the watcher.
func loadsWatched(t *testing.T) func(int, *AgentOptions, *fakeLoad) {
	return func(_ int, a *AgentOptions, l *fakeLoad) {
		a.Load = func([]byte, string) (Load, error) {
			l.JobLoad = JobLoad{Job: watchedJob(t)}
			return l, nil
		}
	}
}

// TestWatch has the server's figures on the run's axis, although all of them were by another
// clock, and none of them twice although messages are lost.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 2, Watchers: []string{"mx1"}}, loadsWatched(t))
		defer s.end()
		var file bytes.Buffer
		var targets []bus.Target
		run, err := carryWatched(t, s, func(list []bus.Target) (Looker, error) {
			targets = list
			// The clock is right: only the bus's own delay makes its offset uncertain.
			return &fakeServer{last: time.Now()}, nil
		}, &file)
		if err != nil {
			t.Fatal(err)
		}
		if len(targets) != 1 || targets[0].Port != 25 || !slices.Equal(targets[0].Addresses, []netip.Addr{netip.MustParseAddr("127.0.0.1")}) {
			t.Errorf("targets %v, want 127.0.0.1 and 25, once", targets)
		}
		read, err := record.Read(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]*record.Run{"the run": run, "its file": read} {
			var end sample.Instant
			for _, w := range r.Server {
				if w.From < end || w.ClockError < 10*time.Millisecond || w.ClockError > 20*time.Millisecond {
					t.Errorf("%s: from %d after %d, with an error of %v", name, w.From, end, w.ClockError)
				}
				end = w.To
			}
			v := figures.Of(r).Server
			if v == nil || v.Cores < 0.45 || v.Cores > 0.55 || v.CPUPerMessage == nil || v.ClockError <= 0 || v.Looked < 10*time.Second {
				t.Errorf("%s: the server's side is %+v", name, v)
			}
		}
	})
}

func TestWatchWithoutServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1, Watchers: []string{"mx1"}}, loadsWatched(t))
		defer s.end()
		_, err := carryWatched(t, s, func([]bus.Target) (Looker, error) { return nil, errors.New("no process is named postfix") }, new(bytes.Buffer))
		if err == nil || !strings.Contains(err.Error(), "agent mx1 on server") || !strings.Contains(err.Error(), "no process is named postfix") {
			t.Errorf("got %v", err)
		}
	})
}

// TestWatcherNobodyWants is refused, with the reason.
func TestWatcherNobodyWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, nil)
		defer s.end()
		err := Watch(t.Context(), s.bus, s.token, WatchOptions{Name: "mx2", Host: "server", Version: "1", Once: true, Report: s.report})
		if refused := (*RefusedError)(nil); !errors.As(err, &refused) || !strings.Contains(refused.Reason, "server: {agent: mx2}") {
			t.Errorf("got %v", err)
		}
	})
}

// TestBring brings samples of another clock to this one's.
func TestBring(t *testing.T) {
	const off = time.Hour
	start := time.Unix(1_800_000_000, 0)
	at := func(d time.Duration) sample.Instant { return instant(start.Add(d)) }
	var track tracker
	for i := range 5 {
		sent := time.Duration(i) * time.Second
		track.add(at(sent), at(sent+off+time.Millisecond), at(sent+off+time.Millisecond), at(sent+2*time.Millisecond))
	}
	w := &watch{}
	var end sample.Instant
	for i := range 3 {
		s := &tally.ServerSample{From: at(off + time.Duration(i)*time.Second), To: at(off + time.Duration(i+1)*time.Second)}
		if !w.bring(s, &track, start) {
			t.Fatal("a sample is left out")
		}
		wrong := s.To.Sub(at(time.Duration(i+1) * time.Second)).Abs()
		if wrong > s.ClockError || s.ClockError > 2*time.Millisecond || end != 0 && s.From != end {
			t.Errorf("sample %d is from %d to %d, off by %v, with an error of %v", i, s.From, s.To, wrong, s.ClockError)
		}
		end = s.To
	}
	for name, s := range map[string]*tally.ServerSample{
		"a year ahead":           {From: at(off), To: at(365 * 24 * time.Hour)},
		"backwards":              {From: at(off + time.Second), To: at(off)},
		"what has been counted":  {From: at(off + time.Second), To: at(off + 2*time.Second)},
		"no figures of a server": {From: at(off), To: at(off + time.Second), CPU: -1},
		"the end of time":        {From: 1 << 62, To: 1<<63 - 1},
	} {
		if w.bring(s, &track, start) {
			t.Errorf("%s: taken", name)
		}
	}
}

// A coordinator that has no use for an agent that looks at the server does not end it.
func TestWatcherOfAnotherScenario(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1}, nil)
		drain := make(chan struct{})
		s.group.Go(func() {
			err := Watch(t.Context(), s.bus, s.token, WatchOptions{
				Name: "mx1", Host: "server", Version: "1", Report: s.report, Drain: drain,
				Open: func([]bus.Target) (Looker, error) { return &fakeServer{last: time.Now()}, nil },
			})
			if err != nil {
				t.Errorf("the watcher ended: %v", err)
			}
		})
		once := Watch(t.Context(), s.bus, s.token, WatchOptions{Name: "mx2", Host: "server", Version: "1", Report: s.report, Once: true})
		if refused := (*RefusedError)(nil); !errors.As(once, &refused) {
			t.Errorf("one that is there for one coordinator says %v", once)
		}
		time.Sleep(5 * time.Second)
		if s.said("this is 1") || !s.said("does not have server: {agent: mx1}: waiting for the next coordinator") {
			t.Errorf("said %q", s.says)
		}
		close(drain)
		s.end()
	})
}

// watchBriefly lets an agent look at the server until it is killed.
func watchBriefly(t *testing.T, s *stage) (kill func()) {
	ctx, cancel := context.WithCancel(t.Context())
	s.group.Go(func() {
		_ = Watch(ctx, s.bus, s.token, WatchOptions{
			Name: "mx1", Host: "server", Version: "1", Report: s.report,
			Open: func([]bus.Target) (Looker, error) { return &fakeServer{last: time.Now()}, nil },
		})
	})
	return cancel
}

// A watcher that is lost just before the load is waited for. If none comes, the run goes on
// without the server's figures, and says so.
func TestWatcherLostBeforeTheLoad(t *testing.T) {
	for _, comesBack := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, Options{Agents: 2, Watchers: []string{"mx1"}}, loadsWatched(t))
			defer s.end()
			kill := watchBriefly(t, s)
			if err := s.fleet.Gather(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kill(); comesBack {
				time.AfterFunc(5*time.Second, func() {
					again := watchBriefly(t, s)
					time.AfterFunc(time.Minute, again)
				})
			}
			began := time.Now()
			run, err := s.fleet.Carry(t.Context(), watchedJob(t), []byte(scenario), gauge.Options{File: new(bytes.Buffer)})
			if err != nil {
				t.Fatal(err)
			}
			if accepted(run, 0) != 100 || accepted(run, 1) != 100 || time.Since(began) > 30*time.Second {
				t.Errorf("%d and %d accepted after %v", accepted(run, 0), accepted(run, 1), time.Since(began))
			}
			notes := strings.Join(figures.Of(run).Verdict.Notes, "\n")
			without := strings.Contains(notes, "server: no figures of its processes came")
			if without == comesBack || comesBack != (len(run.Server) > 5) || s.said("goes on without the server's figures") == comesBack {
				t.Errorf("it comes back %v: %d looks, said %q, notes %s", comesBack, len(run.Server), s.says, notes)
			}
			time.Sleep(time.Minute)
		})
	}
}

// A watcher that is lost while the fleet gathers is waited for, too.
func TestWatcherLostWhileGathering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, Options{Agents: 1, Watchers: []string{"mx1"}}, nil)
		defer s.end()
		kill := watchBriefly(t, s)
		time.Sleep(3 * time.Second)
		kill()
		time.Sleep(4 * time.Second)
		if missing := s.fleet.MissingWatchers(); len(missing) != 1 {
			t.Errorf("%q are missing", missing)
		}
		began := time.Now()
		time.AfterFunc(3*time.Second, func() {
			again := watchBriefly(t, s)
			time.AfterFunc(time.Minute, again)
		})
		if err := s.fleet.Gather(t.Context()); err != nil || time.Since(began) < 3*time.Second {
			t.Errorf("gathered after %v: %v", time.Since(began), err)
		}
		time.Sleep(time.Minute)
	})
}

// A watcher that sends more looks than there can be has no more than those.
func TestTooManyLooks(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	f := &Fleet{feeder: &feeder{}, watch: watch{by: "mx1", begun: now.Add(-10 * time.Second)}}
	w := &watcher{name: "mx1"}
	list := make([]tally.ServerSample, 200)
	for i := range list {
		list[i].CPU = -1 // of no server, so that none is kept
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		f.looks(w, &bus.Looks{From: f.watch.have}, body, now)
	}
	if f.watch.have != 120 {
		t.Errorf("%d looks after 10 s, want 100 and 2 a second", f.watch.have)
	}
}
