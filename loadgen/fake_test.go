package loadgen

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/loadgen/pace"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A fakeServer answers on connections in memory, so that it can run in virtual
// time. Its delays are exact there, and so must be what the engine measures.
type fakeServer struct {
	delay  map[string]time.Duration // before the reply to a verb; "body" is the final dot
	answer map[string]string        // in place of the usual reply; "close" closes, "silent" never replies
	refuse func(n int) bool         // whether connection number n is refused
	heard  func(line string)        // is given each command, if it is not nil; not concurrently

	mu       sync.Mutex
	dials    []time.Duration // since the start
	messages int
	eightBit bool // a message had octets over 127
	started  time.Time
	served   sync.WaitGroup
	bodies   chan struct{} // gets a value for each message, if it has room
	end      func()        // waits until no connection is served any more
}

// listen serves the flows of a plan by TCP, for drivers that need the network.
func (f *fakeServer) listen(t *testing.T, p *Plan) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Flows {
		p.Flows[i].Target.Dial = l.Addr().String()
	}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed, below
			}
			f.mu.Lock()
			f.dials = append(f.dials, time.Since(f.started))
			f.mu.Unlock()
			f.served.Go(func() { f.serve(c) })
		}
	})
	f.end = func() {
		l.Close()
		accepting.Wait()
		f.served.Wait()
	}
	t.Cleanup(f.end)
}

func (f *fakeServer) dial(_ context.Context, _ netdrive.Addr) (net.Conn, error) {
	f.mu.Lock()
	n := len(f.dials)
	f.dials = append(f.dials, time.Since(f.started))
	f.mu.Unlock()
	if f.refuse != nil && f.refuse(n) {
		return nil, syscall.ECONNREFUSED
	}
	client, server := net.Pipe()
	f.served.Go(func() { f.serve(server) })
	return client, nil
}

// serve speaks just enough SMTP. It returns when the client is gone.
func (f *fakeServer) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	if !f.reply(c, r, "banner", "220 fake") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if f.heard != nil {
			f.mu.Lock()
			f.heard(strings.TrimSpace(line))
			f.mu.Unlock()
		}
		verb := strings.ToLower(strings.Fields(line)[0])
		usual := "250 ok"
		switch verb {
		case "data":
			usual = "354 go on"
		case "quit":
			usual = "221 bye"
		}
		if !f.reply(c, r, verb, usual) || verb == "quit" {
			return
		}
		if verb == "data" && f.answer["data"] == "" {
			eight := false
			for line != ".\r\n" {
				if line, err = r.ReadString('\n'); err != nil {
					return
				}
				eight = eight || strings.ContainsFunc(line, func(r rune) bool { return r > 127 })
			}
			f.mu.Lock()
			f.messages++
			f.eightBit = f.eightBit || eight
			f.mu.Unlock()
			select {
			case f.bodies <- struct{}{}:
			default:
			}
			if !f.reply(c, r, "body", "250 queued") {
				return
			}
		}
	}
}

func (f *fakeServer) reply(c net.Conn, r *bufio.Reader, verb, usual string) bool {
	time.Sleep(f.delay[verb])
	if a := f.answer[verb]; a != "" {
		usual = a
	}
	switch usual {
	case "close":
		return false
	case "silent":
		_, _ = r.ReadByte() // until the client gives up
		return false
	}
	_, err := c.Write([]byte(usual + "\r\n"))
	return err == nil
}

// A tape is a Recorder that keeps what it gets.
type tape struct {
	sample.Nothing
	service    map[sample.Phase][]time.Duration // in Steady
	response   map[sample.Phase][]time.Duration
	lag        map[sample.Phase][]time.Duration
	unfinished []time.Duration
	late       []time.Duration
	outcomes   map[sample.Outcome]int
	inWindow   int // accepted in the load's window
	warm       int // messages of the warm-up
	events     map[sample.SessionEvent]int
	failures   map[string]int // by phase and class
	examples   []string       // of the failures

	unknown  int // recipients
	expected int // messages rejected as the flow expects
	windows  []window
	ticks    []sample.Tick
	order    []sample.Series // of messages, repeats left out

	visits    map[string]sample.Visits // in Steady, by address
	greetings []sample.Greeting
	greeters  []string // the addresses they came from
}

type window struct {
	series   sample.Series
	from, to sample.Instant
}

func newTape() *tape {
	return &tape{
		service: map[sample.Phase][]time.Duration{}, response: map[sample.Phase][]time.Duration{},
		lag: map[sample.Phase][]time.Duration{}, outcomes: map[sample.Outcome]int{},
		events: map[sample.SessionEvent]int{}, failures: map[string]int{}, visits: map[string]sample.Visits{},
	}
}

func (t *tape) Service(s sample.Series, p sample.Phase, d time.Duration) {
	if s.Stage == sample.Steady {
		t.service[p] = append(t.service[p], d)
	}
}
func (t *tape) Response(_ sample.Series, p sample.Phase, d time.Duration) {
	t.response[p] = append(t.response[p], d)
}
func (t *tape) Lag(_ sample.Series, p sample.Phase, d time.Duration) { t.lag[p] = append(t.lag[p], d) }
func (t *tape) Late(_ sample.Series, d time.Duration)                { t.late = append(t.late, d) }
func (t *tape) Message(s sample.Series, o sample.Outcome, now sample.Stage, _, _ int) {
	if now == sample.Steady && o == sample.Accepted {
		t.inWindow++
	}
	if s.Stage == sample.Warmup {
		t.warm++
		return
	}
	t.outcomes[o]++
	if n := len(t.order); n == 0 || t.order[n-1] != s {
		t.order = append(t.order, s)
	}
}
func (t *tape) Unfinished(_ sample.Series, d time.Duration) { t.unfinished = append(t.unfinished, d) }
func (t *tape) Unknown(_ sample.Series, recipients int)     { t.unknown += recipients }

func (t *tape) Expected(sample.Series) { t.expected++ }

func (t *tape) Session(_ sample.Series, e sample.SessionEvent) { t.events[e]++ }
func (t *tape) Greeting(_ sample.Series, from netip.Addr, g *sample.Greeting) {
	t.greetings, t.greeters = append(t.greetings, *g), append(t.greeters, from.String())
}
func (t *tape) Visits(s sample.Series, at netip.Addr, v sample.Visits) {
	if s.Stage == sample.Steady {
		all := t.visits[at.String()]
		all.Add(&v)
		t.visits[at.String()] = all
	}
}
func (t *tape) Failure(_ sample.Series, f *sample.Failure) {
	t.failures[f.Phase.String()+" "+f.Class.String()]++
	t.examples = append(t.examples, f.Example())
}
func (t *tape) Window(s sample.Series, from, to sample.Instant) {
	t.windows = append(t.windows, window{s, from, to})
}
func (t *tape) Tick(k sample.Tick) { t.ticks = append(t.ticks, k) }

func (t *tape) attempted() int {
	n := 0
	for _, c := range t.outcomes {
		n += c
	}
	return n
}

// plan returns a plan of one flow to the fake server with a load.
func plan(load Load) *Plan {
	return &Plan{Name: "test", Seed: 1, Flows: []Flow{{
		Name:   "flow",
		Target: Target{Network: "tcp", Host: "127.0.0.1", Port: 25},
		Load:   load,
		Mail:   mail.Options{From: "a@example.test", To: []string{"b@example.test"}},
	}}}
}

func stage(d time.Duration, rate pace.Rate) []pace.Stage {
	return []pace.Stage{{For: d, From: rate, To: rate}}
}

// runFake runs a plan on one shard against the fake server. during, if it is not
// nil, runs at the same time in a goroutine.
func runFake(t *testing.T, p *Plan, f *fakeServer, during func(e *Engine, stop func())) (*tape, *sample.Report) {
	t.Helper()
	return runFakeWith(t, p, f, Options{}, during)
}

func runFakeWith(t *testing.T, p *Plan, f *fakeServer, o Options, during func(e *Engine, stop func())) (*tape, *sample.Report) {
	t.Helper()
	rec := newTape()
	if o.NewDriver == nil {
		o.NewDriver = f.driver
	}
	if f.end == nil {
		f.end = f.served.Wait
		t.Cleanup(f.end)
	}
	e, err := New(p, func(int) sample.Recorder { return rec }, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	f.mu.Lock()
	f.started = time.Now()
	f.mu.Unlock()
	if during != nil {
		go during(e, stop)
	}
	report, err := e.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return rec, report
}

func (f *fakeServer) driver(epoch time.Time) (netdrive.Driver, error) {
	return netdrive.NewPortable(epoch, f.dial), nil
}
