package limits

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/histogram"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A healthy flow has 1000 sessions, whose phases take 0.2 to 5 ms, and one in a hundred up
// to 3 s.
func healthy(seed uint64) *Flow {
	random := rand.New(rand.NewPCG(seed, 1))
	f := &Flow{Name: "relay", Total: tally.NewTotal(), Peak: 50}
	for p := sample.Connect; p <= sample.Quit; p++ {
		f.Total.Hists[tally.SlotOf(p, sample.Service)] = histogram.New()
		for i := range 1000 {
			d := time.Duration((0.2 + 4.8*random.Float64()) * float64(time.Millisecond))
			if i%100 == 0 {
				d = time.Duration(3 * random.Float64() * float64(time.Second))
			}
			f.times(p).Record(d)
		}
	}
	return f
}

// add adds n times of a phase that are a little longer than d.
func (f *Flow) add(p sample.Phase, n int, d time.Duration) {
	for i := range n {
		f.times(p).Record(d + time.Duration(i%40)*100*time.Microsecond)
	}
}

// committing makes the replies to messages' ends slow, under a closed load of so many
// sessions; 0 for an open load that the server keeps up with.
func (f *Flow) committing(d time.Duration, sessions int64) {
	f.Sessions, f.Cores, f.Idle = sessions, 0.2, 0.8
	for _, p := range []sample.Phase{sample.Body, sample.SpanMessage} {
		f.Total.Hists[tally.SlotOf(p, sample.Service)] = histogram.New()
		f.add(p, 300, d)
	}
}

// waiting makes arrivals of an open load, which may have so many sessions, wait for one.
func (f *Flow) waiting(limit, peak int64, message, wait time.Duration) {
	f.committing(message, 0)
	f.Limit, f.Peak, f.Accepted, f.Offered, f.Rate, f.Behind = limit, peak, 300, 120, 95, true
	for range 300 {
		f.Total.Hist(tally.SlotOf(sample.SpanMessage, sample.Lag)).Record(wait)
	}
}

// rising are stages in which the server uses more and more of some cores, and messages
// take so long in the last.
func rising(cores float64, last time.Duration) []Stage {
	const usual = 5 * time.Millisecond
	return []Stage{
		{Offered: 100, Rate: 100, Accepted: 1000, Time: usual, Cores: 0.2 * cores},
		{Offered: 200, Rate: 200, Accepted: 2000, Time: usual, Cores: 0.5 * cores},
		{Offered: 400, Rate: 390, Accepted: 4000, Time: last, Cores: 0.95 * cores},
	}
}

// outgrown are stages of which the second outgrew a server that takes 5 ms for a lone
// message.
func outgrown(rate, cores float64) []Stage {
	return []Stage{
		{Offered: 50, Rate: 50, Accepted: 500, Time: 5 * time.Millisecond, Cores: cores / 4},
		{Offered: 1000, Rate: rate, Accepted: 2000, Time: 300 * time.Millisecond, Outgrew: true, Cores: cores, Idle: 1 - cores/2},
	}
}

func ids(list []Finding) (all []ID) {
	for _, f := range list {
		all = append(all, f.ID)
	}
	return all
}

func failure(p sample.Phase, c sample.Class, code int, n int64, text string) tally.FailureCount {
	return tally.FailureCount{Phase: p.String(), Class: c.String(), Code: code, Count: n, Example: text}
}

// TestFind plants the mark of one cause after the other in a flow of a healthy server.
func TestFind(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	busy := failure(sample.Banner, sample.Busy, 421, 80, "4.7.0 mail.example.test Error: too many connections from 127.0.0.1")
	throttled := []tally.FailureCount{failure(sample.Rcpt, sample.Throttled, 450, 80, "4.7.1 slow down")}
	for name, test := range map[string]struct {
		plant func(*Evidence, *Flow)
		want  ID // "" for none
		sure  Certainty
	}{
		"healthy":                    {func(*Evidence, *Flow) {}, "", ""},
		"a healthy server looked at": {func(e *Evidence, _ *Flow) { e.Server = &Server{Cores: 0.8, Of: 2} }, "", ""},
		"delayed acknowledgement":    {func(_ *Evidence, f *Flow) { f.add(sample.Rcpt, 300, 40*ms) }, DelayedAck, Likely},
		"a few of 40 ms":             {func(_ *Evidence, f *Flow) { f.add(sample.Rcpt, 30, 40*ms) }, "", ""},
		"a slow server": {func(_ *Evidence, f *Flow) {
			for d := 20 * ms; d < 70*ms; d += ms / 4 {
				f.add(sample.Rcpt, 20, d)
			}
		}, "", ""},
		"a server that takes 40 ms": {func(_ *Evidence, f *Flow) {
			f.Total.Hists[tally.SlotOf(sample.Rcpt, sample.Service)] = histogram.New()
			f.add(sample.Rcpt, 300, 40*ms)
		}, DelayedAck, Possible},
		"SYNs sent again": {func(_ *Evidence, f *Flow) {
			f.add(sample.Connect, 20, s)
			f.add(sample.Connect, 20, 3*s)
			f.add(sample.Connect, 5, 7*s)
		}, SYNRetries, Likely},
		"banners of 5 s": {func(_ *Evidence, f *Flow) { f.add(sample.Banner, 40, 5*s); f.add(sample.Banner, 5, 10*s) }, SlowBanner, Likely},
		"slow banners": {func(_ *Evidence, f *Flow) {
			for d := 2 * s; d < 15*s; d += s / 10 {
				f.add(sample.Banner, 1, d)
			}
		}, "", ""},
		"421": {func(_ *Evidence, f *Flow) { f.Errors = append(f.Errors, busy) }, SessionLimit, Certain},
		"421 at fifty": {func(_ *Evidence, f *Flow) {
			f.Refused = 50
			f.Errors = append(f.Errors, failure(sample.Banner, sample.Busy, 421, 80, "come back later"))
		}, SessionLimit, Likely},
		"421 that is expected": {func(_ *Evidence, f *Flow) { busy := busy; busy.Expected = true; f.Errors = append(f.Errors, busy) }, "", ""},
		"421 at another time": {func(_ *Evidence, f *Flow) {
			f.Errors = append(f.Errors, failure(sample.Body, sample.Busy, 421, 80, "shutting down"))
		}, "", ""},
		"a pause at AUTH": {func(_ *Evidence, f *Flow) {
			f.Total.Hists[tally.SlotOf(sample.Auth, sample.Service)] = histogram.New()
			f.add(sample.Auth, 50, 2*s)
			f.Errors = append(f.Errors, failure(sample.Auth, sample.AuthRejected, 535, 50, "no"))
		}, AuthPause, Likely},
		"AUTH refused at once": {func(_ *Evidence, f *Flow) {
			f.Errors = append(f.Errors, failure(sample.Auth, sample.AuthRejected, 535, 500, "no"))
		}, "", ""},
		"4xx above a rate": {func(_ *Evidence, f *Flow) {
			f.Stages = []Stage{{Offered: 50}, {Offered: 100}, {Offered: 200, Errors: throttled}, {Offered: 400, Errors: throttled}}
		}, RateLimit, Certain},
		"4xx at any rate": {func(_ *Evidence, f *Flow) {
			f.Stages = []Stage{{Offered: 50, Errors: throttled}, {Offered: 100, Errors: throttled}}
		}, "", ""},
		"4xx for a while": {func(_ *Evidence, f *Flow) {
			f.Stages = []Stage{{Offered: 50}, {Offered: 100, Errors: throttled}, {Offered: 200}}
		}, "", ""},
		"no ports": {func(_ *Evidence, f *Flow) {
			f.Errors = append(f.Errors, failure(sample.Connect, sample.LocalLimit, 0, 1, "out of local ports: send more"))
		}, OwnPorts, Certain},
		"no descriptors": {func(_ *Evidence, f *Flow) {
			f.Errors = append(f.Errors, failure(sample.Connect, sample.LocalLimit, 0, 1, "out of file descriptors: raise"))
		}, "", ""},
		"a full listen queue":                    {func(e *Evidence, _ *Flow) { e.Server = &Server{Cores: 0.5, Of: 2, Overflows: 7, Waited: 3} }, QueueOverflows, Certain},
		"a full listen queue, perhaps another's": {func(e *Evidence, _ *Flow) { e.Server = &Server{Cores: 0.5, Of: 2, Overflows: 7} }, QueueOverflows, Possible},
		"no CPU left":                            {func(e *Evidence, _ *Flow) { e.Server, e.Generator = &Server{Cores: 3.8, Of: 4}, 0.5 }, ServerCPU, Likely},
		"shared cores":                           {func(e *Evidence, _ *Flow) { e.Server, e.Generator = &Server{Cores: 1.2, Of: 2}, 0.7 }, SharedCores, Likely},
		"a core short":                           {func(e *Evidence, f *Flow) { e.Server = &Server{Cores: 1.1, Of: 2}; f.Stages = rising(2, 40*ms) }, LatencyWithCPU, Likely},
		"slow before its CPU is used": {func(e *Evidence, f *Flow) {
			e.Server = &Server{Cores: 1.1, Of: 2}
			f.Stages = rising(2, 40*ms)
			f.Stages[1].Time = 30 * ms
		}, "", ""},
		"CPU at its limit, and no slower": {func(e *Evidence, f *Flow) { e.Server = &Server{Cores: 1.1, Of: 2}; f.Stages = rising(2, 6*ms) }, "", ""},
		"one after the other": {func(e *Evidence, f *Flow) {
			e.Server = &Server{Cores: 0.3, Of: 2}
			f.Stages = outgrown(196, 0.4)
		}, OneAtATime, Likely},
		"one after the other, and nobody looks": {func(_ *Evidence, f *Flow) { f.Stages = outgrown(196, 0) }, OneAtATime, Possible},
		"several at a time":                     {func(_ *Evidence, f *Flow) { f.Stages = outgrown(800, 0) }, "", ""},
		"one after the other by its CPU": {func(e *Evidence, f *Flow) {
			e.Server = &Server{Cores: 0.8, Of: 2}
			f.Stages = outgrown(196, 1.7)
		}, "", ""},
		"a load that it keeps up with": {func(_ *Evidence, f *Flow) {
			f.Stages = outgrown(196, 0)
			f.Stages[1].Outgrew = false
		}, "", ""},
		"a disk at its limit": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 50)
			e.Server = &Server{Cores: 0.2, Of: 2, Written: 9000, DiskWait: 0.4}
		}, DiskBound, Likely},
		"a disk at its limit, on a busy machine": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 50)
			e.Server = &Server{Cores: 0.2, Of: 2, Written: 9000}
		}, DiskBound, Possible},
		"slow commits under a small load": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 0)
			e.Server = &Server{Cores: 0.2, Of: 2, Written: 9000, DiskWait: 0.4}
		}, "", ""},
		"slow commits while others use the cores": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 50)
			f.Idle = 0.02
			e.Server = &Server{Cores: 0.2, Of: 2, Written: 9000, DiskWait: 0.01}
		}, "", ""},
		"slow commits with no CPU left": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 50)
			f.Cores = 1.4
			e.Server = &Server{Cores: 1.4, Of: 2, Written: 9000}
		}, "", ""},
		"all sessions in use": {func(_ *Evidence, f *Flow) { f.waiting(20, 20, 200*ms, 400*ms) }, SessionsUsedUp, Certain},
		"all sessions in use, and times that differ": {func(_ *Evidence, f *Flow) {
			f.waiting(20, 20, 200*ms, 400*ms)
			f.times(sample.SpanMessage).Record(5 * ms)
		}, SessionsUsedUp, Possible},
		"a generator that is late": {func(_ *Evidence, f *Flow) {
			f.waiting(20, 20, 2*ms, 2*ms)
			for range 300 {
				f.Total.Hist(tally.LateSlot).Record(1900 * time.Microsecond)
			}
		}, "", ""},
		"waits with sessions left":     {func(_ *Evidence, f *Flow) { f.waiting(500, 60, 200*ms, 400*ms) }, "", ""},
		"all sessions in use at times": {func(_ *Evidence, f *Flow) { f.waiting(20, 20, 200*ms, 10*ms) }, "", ""},
		"a closed load":                {func(_ *Evidence, f *Flow) { f.committing(200*ms, 20) }, "", ""},
		"all sessions in use with no CPU left": {func(e *Evidence, f *Flow) {
			f.waiting(20, 20, 200*ms, 400*ms)
			f.times(sample.SpanMessage).Record(5 * ms)
			f.Cores, f.Idle = 1.5, 0.05
			e.Server = &Server{Cores: 1.5, Of: 2}
		}, "", ""},
		"slow commits that write nothing": {func(e *Evidence, f *Flow) {
			f.committing(20*ms, 50)
			e.Server = &Server{Cores: 0.2, Of: 2}
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := healthy(7)
			e := &Evidence{Generator: 0.2}
			test.plant(e, f)
			e.Flows = []Flow{*f}
			list := Find(e)
			if test.want == "" && len(list) > 0 || test.want != "" && (len(list) != 1 || list[0].ID != test.want || list[0].Sure != test.sure) {
				t.Fatalf("found %+v, want %s (%s)", list, test.want, test.sure)
			}
			for _, found := range list {
				if found.Says == "" || found.Is == "" || found.Do == "" {
					t.Errorf("something is missing: %+v", found)
				}
			}
		})
	}
}

// What the kernel counted makes sure what the times only show.
func TestOverflowsMakeSure(t *testing.T) {
	f := healthy(7)
	f.add(sample.Connect, 20, time.Second)
	list := Find(&Evidence{Flows: []Flow{*f}, Server: &Server{Cores: 0.5, Of: 2, Overflows: 20}})
	if !slices.Equal(ids(list), []ID{SYNRetries, QueueOverflows}) || list[0].Sure != Certain {
		t.Errorf("found %+v", list)
	}
}

// TestNothingAtHealthyServers has no finding at two hundred servers without a fault.
func TestNothingAtHealthyServers(t *testing.T) {
	for seed := range uint64(200) {
		if list := Find(&Evidence{Flows: []Flow{*healthy(seed)}}); len(list) > 0 {
			t.Fatalf("seed %d: %+v", seed, list)
		}
	}
}

// TestOneAsMany holds flows with different numbers of sessions against each other.
func TestOneAsMany(t *testing.T) {
	flow := func(name string, sessions int64, rate float64, of string) Flow {
		f := healthy(3)
		f.committing(5*time.Millisecond, 0)
		f.Name, f.Alike, f.Alone, f.Sessions, f.Accepted, f.Rate, f.Cores = name, of, true, sessions, 500, rate, 0.3
		return *f
	}
	idle, busy := &Server{Cores: 0.3, Of: 2}, &Server{Cores: 1.9, Of: 2}
	for name, test := range map[string]struct {
		flows  []Flow
		server *Server
		want   []ID
	}{
		"as fast":            {[]Flow{flow("one", 1, 200, "a"), flow("many", 7, 210, "a")}, idle, []ID{OneAtATime}},
		"faster":             {[]Flow{flow("one", 1, 200, "a"), flow("many", 7, 900, "a")}, idle, nil},
		"flows that differ":  {[]Flow{flow("one", 1, 200, "a"), flow("many", 7, 210, "b")}, idle, nil},
		"hardly more":        {[]Flow{flow("one", 1, 200, "a"), flow("many", 2, 210, "a")}, idle, nil},
		"without a number":   {[]Flow{flow("one", 5, 200, "a"), flow("many", 7, 210, "a")}, idle, nil},
		"nobody looks at it": {[]Flow{flow("one", 1, 200, "a"), flow("many", 7, 210, "a")}, nil, []ID{OneAtATime}},
		"its cores are in use": {func() []Flow {
			many := flow("many", 7, 210, "a")
			many.Cores = 1.9
			return []Flow{flow("one", 1, 200, "a"), many}
		}(), busy, []ID{ServerCPU}},
	} {
		list := Find(&Evidence{Flows: test.flows, Server: test.server})
		if !slices.Equal(ids(list), test.want) {
			t.Errorf("%s: found %+v, want %q", name, list, test.want)
		}
	}
	together := []Flow{flow("one", 1, 200, "a"), flow("many", 7, 210, "a")}
	together[0].Alone, together[1].Alone = false, false
	if list := Find(&Evidence{Flows: together, Server: idle}); len(list) > 0 {
		t.Errorf("flows at one time: %+v", list)
	}
	if list := Find(&Evidence{Flows: []Flow{flow("one", 1, 200, "a"), flow("many", 7, 210, "a")}, Busiest: 0.95}); len(list) > 0 {
		t.Errorf("a generator that is busy: %+v", list)
	}
}

// The number of sessions at which the server began to refuse is named.
func TestSessionLimitIsNamed(t *testing.T) {
	f := healthy(7)
	f.Refused = 50
	f.Errors = []tally.FailureCount{failure(sample.Banner, sample.Busy, 421, 80, "4.7.0 too many connections")}
	list := Find(&Evidence{Flows: []Flow{*f}})
	const want = "no more than 50 sessions were let in at once: 80 sessions were answered 421 instead of a greeting: 4.7.0 too many connections"
	if len(list) != 1 || list[0].Says != want {
		t.Errorf("found %+v, want %s", list, want)
	}
}
