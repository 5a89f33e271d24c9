package fleet

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/record/generator"
	"github.com/smtpgauge/smtpgauge/scenarios"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// scenario is what the fleets of these tests carry out: two turns of 5 s.
const scenario = `name: test
target: {host: 127.0.0.1}
defaults: {load: {sessions: 4, duration: 5s}}
flows: {a: {port: 25}, b: {port: 25}}
schedule: {flows: in-turn}
`

func newJob(t testing.TB) *gauge.Job {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(scenario), scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return gauge.NewJob(s)
}

// A fakeLoad accepts 10 messages a second in each turn, in virtual time.
type fakeLoad struct {
	JobLoad
	faults check.Faults
	turns  int                            // seconds of each turn; 0 for 5
	pause  func(second int) time.Duration // how long it stands still before a second
	broken bool                           // a run was stopped, and did not end in order
}

func (l *fakeLoad) Check(context.Context) error { return nil }

func (l *fakeLoad) Probe(context.Context) ([]*check.Fault, error) {
	if len(l.faults) > 0 {
		return nil, l.faults
	}
	return nil, nil
}

func (l *fakeLoad) Run(ctx context.Context, o gauge.Options) (*gauge.Result, error) {
	o.Begin(ctx, 0)
	h := record.NewHeader(l.Plan, criteria.Criteria{})
	h.Agent = o.Place()
	defer func() { l.broken = l.broken || ctx.Err() != nil }()
	c, err := record.NewCollector(o.File, h, l.Plan, 1, nil)
	if err != nil {
		return nil, err
	}
	r := c.Recorder(0)
	start := time.Now()
	from := start
	ended := func() bool { return ctx.Err() != nil || isClosed(o.Drain) }
	n := 0
	for flow := range 2 {
		if flow > 0 {
			o.Begin(ctx, 1)
		}
		s, began := sample.Series{Flow: flow, Stage: sample.Steady}, time.Now()
		for range cmp.Or(l.turns, 5) {
			if ended() {
				break
			}
			n++
			stood := time.Duration(0)
			if l.pause != nil {
				stood = l.pause(n)
				time.Sleep(stood)
			}
			time.Sleep(time.Second)
			for k := range 10 {
				r.Message(s, sample.Accepted, sample.Steady, 1, 0)
				r.Service(s, sample.SpanMessage, time.Duration(k+1)*time.Millisecond)
			}
			now := time.Now()
			r.Tick(sample.Tick{From: instant(from), To: instant(now), Open: []int{1, 1}, Peak: []int{1, 1}, Due: []int64{0, 0}, Begun: []int64{0, 0}, Stood: stood})
			from = now
		}
		r.Window(s, instant(began), instant(time.Now()))
	}
	r.Tick(sample.Tick{From: instant(from), To: instant(time.Now()), Open: []int{0, 0}, Peak: []int{0, 0}, Due: []int64{0, 0}, Begun: []int64{0, 0}, Last: true})
	deserted := ended() && o.Deserted()
	run, err := c.Close(&sample.Report{Started: instant(start), Ended: instant(time.Now()), Interrupted: ended() && !deserted, Deserted: deserted, Shards: 1}, generator.Usage{})
	return &gauge.Result{Run: run}, err
}

func instant(t time.Time) sample.Instant { return sample.Instant(t.UnixNano()) }

// A memoryFile is an agent's run file.
type memoryFile struct {
	mu   sync.Mutex
	data []byte
}

func (f *memoryFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.data = append(f.data, p...)
	return len(p), nil
}

func (f *memoryFile) ReadAt(p []byte, at int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at >= int64(len(f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.data[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (*memoryFile) Close() error { return nil }
func (*memoryFile) Name() string { return "memory" }

func (f *memoryFile) run(t *testing.T) *record.Run {
	t.Helper()
	run, err := record.Read(bytes.NewReader(f.data))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A line is an agent's connection to the bus. It can be cut, and lose messages.
type line struct {
	bus.Bus
	mu    sync.Mutex
	cut   bool
	loses func() bool
}

func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}

func (l *line) lost() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut || l.loses != nil && l.loses()
}

func (l *line) Send(address string, data []byte) error {
	if l.lost() {
		return nil
	}
	return l.Bus.Send(address, data)
}

func (l *line) Listen(address string, take func([]byte)) (func(), error) {
	return l.Bus.Listen(address, func(data []byte) {
		if !l.lost() {
			take(data)
		}
	})
}

// A stage is where a fleet is tested: its bus, agents and coordinator.
type stage struct {
	t       *testing.T
	bus     *bus.Memory
	token   bus.Token
	fleet   *Fleet
	group   sync.WaitGroup
	mu      sync.Mutex
	says    []string
	options []AgentOptions // by agent, as what follows
	lines   []*line
	files   [][]*memoryFile
	ended   []error
	endedAt []time.Time
	cancel  []context.CancelFunc
}

// newStage makes a coordinator and its agents, whose options change may change.
func newStage(t *testing.T, o Options, change func(agent int, a *AgentOptions, l *fakeLoad)) *stage {
	t.Helper()
	s := &stage{t: t, bus: &bus.Memory{Delay: 10 * time.Millisecond}, token: bus.NewToken()}
	o.Version = "1"
	if o.Report == nil {
		o.Report = s.report
	}
	var err error
	if s.fleet, err = New(s.bus, s.token, o); err != nil {
		t.Fatal(err)
	}
	s.files, s.ended, s.endedAt = make([][]*memoryFile, o.Agents), make([]error, o.Agents), make([]time.Time, o.Agents)
	for i := range o.Agents {
		load := &fakeLoad{}
		a := AgentOptions{Name: fmt.Sprintf("agent%d", i), Host: "host", Version: "1", Report: s.report}
		a.Load = func(data []byte, _ string) (Load, error) {
			if string(data) != scenario {
				return nil, errors.New("another scenario")
			}
			load.JobLoad = JobLoad{Job: newJob(t)}
			return load, nil
		}
		a.Create = func(string, string) (File, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.files[i] = append(s.files[i], &memoryFile{})
			return s.files[i][len(s.files[i])-1], nil
		}
		if change != nil {
			change(i, &a, load)
		}
		ctx, cancel := context.WithCancel(t.Context())
		s.cancel = append(s.cancel, cancel)
		s.options = append(s.options, a)
		way := &line{Bus: s.bus}
		s.lines = append(s.lines, way)
		s.group.Go(func() {
			s.ended[i] = Serve(ctx, way, s.token, a)
			s.endedAt[i] = time.Now()
		})
		time.Sleep(100 * time.Millisecond) // so that they come in order
	}
	return s
}

// again starts an agent once more, with the same line. ended gets why it ends.
func (s *stage) again(agent int, load func() Load) (ended <-chan error) {
	ctx, cancel := context.WithCancel(s.t.Context())
	s.mu.Lock()
	s.cancel = append(s.cancel, cancel)
	s.mu.Unlock()
	a, why := s.options[agent], make(chan error, 1)
	a.Load = func([]byte, string) (Load, error) { return load(), nil }
	a.Create = func(string, string) (File, error) { return &memoryFile{}, nil }
	s.group.Go(func() { why <- Serve(ctx, s.bus, s.token, a) })
	return why
}

func (s *stage) report(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.says = append(s.says, text)
}

// said tells whether something was reported that has that text.
func (s *stage) said(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.says, func(line string) bool { return strings.Contains(line, text) })
}

// carry gathers the fleet and carries the scenario out.
func (s *stage) carry(o gauge.Options) (*record.Run, error) {
	s.t.Helper()
	if err := s.fleet.Gather(s.t.Context()); err != nil {
		return nil, err
	}
	if o.File == nil {
		o.File = io.Discard
	}
	return s.fleet.Carry(s.t.Context(), newJob(s.t), []byte(scenario), o)
}

// end ends all that still goes on.
func (s *stage) end() {
	s.fleet.Close()
	time.Sleep(time.Second)
	s.mu.Lock()
	for _, cancel := range s.cancel {
		cancel()
	}
	s.mu.Unlock()
	s.group.Wait()
	time.Sleep(time.Second) // what is under way on the bus
}
