package fleet

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/clock"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/record"
)

// ready sends a job's scenario and terms to all agents, and waits until they have resolved
// it. The error names the first agent that cannot.
func (f *Fleet) ready(ctx context.Context, scenario []byte, p *loadgen.Plan) error {
	terms, err := json.Marshal(TermsOf(p))
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.begun = false
	f.replaceLost(time.Now())
	var offers []int
	for _, m := range f.members {
		offers = append(offers, m.hello.Shards)
	}
	f.shards = allot(offers, p.MostParts())
	f.order = bus.Order{Of: f.order.Of, Run: f.order.Run + 1}
	f.watch, f.due = watch{}, time.Time{}
	f.setBlobs(scenario, terms)
	for _, m := range f.members {
		m.have, m.sum, m.awaySum, m.longest, m.broken, m.at, m.offset, m.offsetE = 0, newHashed(), 0, 0, nil, 0, 0, 0
		m.Status = bus.Status{Blobs: m.Status.Blobs, Asked: m.Asked}
		m.step, m.stepped = 0, time.Now()
		f.send(m)
		f.sendPieces(m)
	}
	f.mu.Unlock()
	return f.all(ctx, func(m *member) bool { return m.Loaded })
}

// all waits until a condition holds for each agent. The error names the first that is lost,
// that has failed, or that is there but comes no further.
func (f *Fleet) all(ctx context.Context, holds func(*member) bool) error {
	return f.until(ctx, func() (bool, error) { return f.allNow(holds) })
}

// allNow is what all waits for. The fleet is locked.
func (f *Fleet) allNow(holds func(*member) bool) (done bool, err error) {
	done = true
	for _, m := range f.members {
		switch {
		case m.givenUp:
			return false, fmt.Errorf("%w: %s on %s has been silent since %s", gauge.ErrAgentLost, m.name, m.hello.Host, m.heard.UTC().Format(time.TimeOnly))
		case m.away: // it may come back, or be started again
			done = false
		case m.Run == f.order.Run && m.Failed != "":
			return false, fmt.Errorf("agent %s on %s: %s", m.name, m.hello.Host, m.Failed)
		case m.Run != f.order.Run || !holds(m):
			done = false
			if stuck := f.stuck(m, time.Now()); stuck != "" { // it is heard of, so this is looked at again
				return false, fmt.Errorf("%w: %s on %s %s", gauge.ErrAgentLost, m.name, m.hello.Host, stuck)
			}
		}
	}
	return done, nil
}

// Carry carries a job out on the fleet. It takes what gauge.Job.Run takes, except that
// Options.More, Sink, Shards and FreeCores are not used: those are the agents' own.
func (f *Fleet) Carry(ctx context.Context, j *gauge.Job, scenario []byte, o gauge.Options) (*record.Run, error) {
	if err := f.ready(ctx, scenario, j.Plan); err != nil {
		return nil, interrupted(ctx, err)
	}
	watch := watchOf(ctx, j)
	f.mu.Lock()
	f.order.Begin = true
	f.watch, f.watch.begun = watch, time.Now()
	f.say()
	f.mu.Unlock()
	waiting, enough := orDrained(ctx, o.Drain)
	defer enough()
	err := f.all(waiting, func(m *member) bool { return m.Waits == 1 })
	if err == nil {
		err = f.watched(waiting)
	}
	if err == nil {
		err = f.fix(waiting)
	}
	if err != nil {
		f.release()
		return nil, interrupted(ctx, err)
	}
	return f.carry(ctx, j, o)
}

// fix waits once more until all agents wait for the start, for one of them may have been started
// again meanwhile. From then on none can be.
func (f *Fleet) fix(ctx context.Context) error {
	return f.until(ctx, func() (bool, error) {
		done, err := f.allNow(func(m *member) bool { return m.Waits == 1 && m.track.exchanges-m.asked >= enoughExchanges })
		f.begun = done && err == nil
		return done, err
	})
}

// interrupted is the error of a run that its user ended before it began.
func interrupted(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w before the load", gauge.ErrInterrupted)
	}
	return err
}

// orDrained returns a context that ends when a channel is closed, too. It is to be canceled.
func orDrained(ctx context.Context, drain <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-drain:
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// release ends what agents have begun, without a run.
func (f *Fleet) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order.Stop, f.order.Over = true, true
	f.begun = false
	f.say()
}

// carry begins a run for which all agents wait, and goes with it to its end.
func (f *Fleet) carry(ctx context.Context, j *gauge.Job, o gauge.Options) (*record.Run, error) {
	aborted := make(chan struct{})
	aborts := figures.NewAbortWatch(j.Criteria.Aborts, func() { close(aborted) })
	start := time.Now().Add(startsIn)
	header := record.NewHeader(j.Plan, j.Criteria)
	header.Started = start.UTC()
	union, err := record.NewUnion(o.File, header, len(f.members), func(p *record.Progress) {
		f.attend(p)
		aborts.Observe(p)
		if o.OnInterval != nil {
			o.OnInterval(p)
		}
	})
	if err != nil {
		f.release()
		return nil, err
	}
	stopLooking, err := j.LookAtServer(ctx, union)
	if err != nil {
		f.release()
		return nil, err
	}
	f.mu.Lock()
	f.feeder = newFeeder(union, func(agent int, err error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.members[agent].broken = fmt.Errorf("its file cannot be read: %w", err)
		f.notify()
	})
	f.order.Fleet = union.ID()
	for _, m := range f.members {
		offset, wrong := m.track.at(start)
		m.offset, m.offsetE = int64(offset), int64(wrong)
		union.Expect(m.index, record.Place{Name: m.name, Number: m.index + 1, Of: f.order.Of, Fleet: union.ID(), Offset: offset, OffsetError: wrong})
	}
	f.noteBlur(j.Plan)
	f.longest = longestSegment(j.Plan)
	f.beginSegment(start)
	f.mu.Unlock()

	f.accompany(ctx, o.Drain, aborted)
	stopLooking()

	f.command(func(o *bus.Order) { o.Over = true })
	f.lastLooks()
	f.mu.Lock()
	feeding := f.feeder
	f.feeder = nil
	f.mu.Unlock()
	feeding.end()
	ending := record.Ending{Aborted: aborts.Fired(), AllowLost: f.o.AllowLost}
	ending.Interrupted = isClosed(o.Drain) || ctx.Err() != nil
	agents := f.agents(union, start)
	f.mu.Lock()
	f.begun = false
	f.mu.Unlock()
	return union.Close(ending, agents)
}

// noteBlur says, once, that the agents' clocks are not known well enough for arrivals that
// are to be evenly spaced. The fleet is locked.
func (f *Fleet) noteBlur(p *loadgen.Plan) {
	var wrong time.Duration
	for _, m := range f.members {
		wrong = max(wrong, time.Duration(m.offsetE))
	}
	gap, flow := p.EvenGap()
	if f.blurred || len(f.members) < 2 || !clock.Blurs(gap, wrong) {
		return
	}
	f.blurred = true
	f.o.Report(fmt.Sprintf("note: the arrivals of flow %s are to be %s apart, and the agents' clocks are known within %s: which of two neighbours comes first is left to chance; their number and rate are right", flow, human.Duration(gap), human.Duration(wrong)))
}

// longestSegment is how long a segment of a plan takes at the most, without what drains at its
// end; 0 if that depends on the server.
func longestSegment(p *loadgen.Plan) time.Duration {
	var longest time.Duration
	for i := range p.Flows {
		d, known := p.RoundLength(i)
		if !known || d > loadgen.Forever/4 {
			return 0
		}
		longest = max(longest, d)
	}
	return longest
}

// beginSegment lets the next segment begin at a time. The fleet is locked.
func (f *Fleet) beginSegment(at time.Time) {
	if f.order.Segments++; f.longest > 0 {
		f.due = at.Add(2*f.longest + stuckAfter)
	}
	for _, m := range f.members {
		m.at = m.track.there(at)
	}
	f.say()
}

// accompany goes with a run until each agent's part is whole, or given up.
func (f *Fleet) accompany(ctx context.Context, drain, aborted <-chan struct{}) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	stop := ctx.Done()
	var stopped time.Time
	for {
		f.mu.Lock()
		over := f.isOver(stopped)
		if !over {
			f.beginIfAllWait()
		}
		changed := f.changed
		f.mu.Unlock()
		if over {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-drain:
			drain = nil
			f.command(func(o *bus.Order) { o.Drain = true })
		case <-aborted:
			aborted = nil
			f.command(func(o *bus.Order) { o.Drain = true })
		case <-stop:
			stop, stopped = nil, time.Now()
			f.command(func(o *bus.Order) { o.Stop = true })
		}
	}
}

func (f *Fleet) command(change func(*bus.Order)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.order)
	f.say()
}

// isOver tells whether there is nothing more to wait for. The fleet is locked.
func (f *Fleet) isOver(stopped time.Time) bool {
	if !stopped.IsZero() && time.Since(stopped) > stopsWithin {
		return true
	}
	if f.feeder != nil {
		f.dropOverdue(time.Now())
	}
	for _, m := range f.members {
		if !f.isWhole(m) && m.broken == nil && !m.givenUp {
			return false
		}
	}
	return true
}

// dropOverdue gives up the agents whose segment goes on long after it should have ended, and
// those that have ended and send no more of a file that is not whole. The fleet is locked.
func (f *Fleet) dropOverdue(now time.Time) {
	late := !f.due.IsZero() && now.After(f.due)
	for _, m := range f.members {
		if m.away || m.broken != nil || m.Waits > 0 || !late && !m.Ended || f.isWhole(m) {
			continue
		}
		switch {
		case m.Ended && f.feeder.isFull(m.index): // it could send no more
			m.grew = now
			continue
		case m.Ended && now.Sub(m.grew) > givenUpAfter:
			m.broken = errors.New(cmp.Or(m.Failed, "its file has not come to its end"))
		case late:
			m.broken = fmt.Errorf("it had not ended by %s, although that part of its load takes %s", f.due.UTC().Format(time.TimeOnly), human.Exact(f.longest))
		default:
			continue
		}
		f.feed(feeding{agent: m.index, gone: true})
	}
}

// isWhole tells whether all of an agent's file has come. The fleet is locked.
func (f *Fleet) isWhole(m *member) bool {
	return m.Run == f.order.Run && m.Ended && m.have == m.Length && hex.EncodeToString(m.sum.Sum(nil)) == m.SHA256
}

// beginIfAllWait begins the next segment once all agents that are there wait for it. The
// fleet is locked.
func (f *Fleet) beginIfAllWait() {
	wait := 0
	for _, m := range f.members {
		switch {
		case m.away || m.Ended || m.broken != nil:
		case m.Waits != f.order.Segments+1:
			return
		default:
			wait++
		}
	}
	if wait > 0 {
		f.beginSegment(time.Now().Add(segmentsIn))
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// agents are what is known of each agent at the end of a run.
func (f *Fleet) agents(u *record.Union, start time.Time) []record.Agent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []record.Agent
	for i, m := range f.members {
		a := *u.Part(i)
		if a.Number == 0 { // nothing came of its file
			a.Place = record.Place{Name: m.name, Number: i + 1, Of: len(f.members), Fleet: u.ID()}
			a.Host, a.Version = m.hello.Host, m.hello.Version
		}
		a.Host, a.Away = m.hello.Host, m.awaySum
		if at := u.Started(i); at > 0 {
			a.Skew = at.Time().Sub(start)
		}
		a.Lost = f.whyLost(m, u)
		list = append(list, a)
	}
	return list
}

// whyLost says why an agent's part is not whole; "" if it is. The fleet is locked.
func (f *Fleet) whyLost(m *member, u *record.Union) string {
	switch {
	case m.Failed != "":
		return m.Failed
	case m.Left: // perhaps before it began, when its file is of no run
		return "its own user ended its part"
	case m.broken != nil:
		return m.broken.Error()
	case m.away:
		return fmt.Sprintf("it has been silent since %s", m.heard.UTC().Format(time.TimeOnly))
	case !f.isWhole(m):
		return "its file has not come to its end"
	}
	return record.StoodStill(u.Stood(m.index))
}
