package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/smtpgauge/smtpgauge/gauge/check"
	"github.com/smtpgauge/smtpgauge/gauge/fleet/bus"
)

// A blob is data that comes in pieces.
type blob struct {
	sum  bus.Sum
	data []byte

	compared, right bool // all of data has been, to sum
}

// whole tells whether all of the blob has come, and is what it should be.
func (b *blob) whole() bool {
	if b.sum.SHA256 == "" || int64(len(b.data)) != b.sum.Size {
		return false
	}
	if !b.compared { // once: it is asked for twice a second while the load lasts
		b.compared, b.right = true, sumOf(b.data) == b.sum.SHA256
	}
	return b.right
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// advance does what the order says and can be done now.
func (a *agent) advance(ctx context.Context) error {
	if a.order.Run == 0 || a.status.Failed != "" || !a.blobs[0].whole() || !a.blobs[1].whole() {
		return nil
	}
	if !a.status.Loaded {
		if a.preparing == nil {
			a.preparing = a.startPreparing(ctx)
		}
		return nil
	}
	if a.order.Probe && !a.status.Probed && a.probing == nil {
		a.probing = startProbing(ctx, a.load)
	}
	if a.order.Begin && a.run == nil && !a.status.Ended && !a.order.Over {
		file, err := a.o.Create(a.load.Name(), a.order.Name)
		if err != nil {
			a.status.Failed = shortened(err.Error())
			return nil
		}
		a.run = startRun(ctx, a.load, file, a.o, &a.order)
	}
	return nil
}

// A preparing makes the scenario and sets the terms of a run. A large scenario, or the look-up
// of a name, takes seconds, in which the agent is to be heard.
type preparing struct {
	stale bool // what it is for is over
	done  chan prepared
}

// prepared is what came of a preparing.
type prepared struct {
	load    Load // nil if it could not be made
	sum     string
	refused bool
	err     error
}

// startPreparing begins with what the order says. Nobody else uses the load before its end.
func (a *agent) startPreparing(ctx context.Context) *preparing {
	p := &preparing{done: make(chan prepared, 1)}
	scenario, terms, build := a.blobs[0], a.blobs[1].data, a.o.Load
	known := a.load
	if a.loaded != scenario.sum.SHA256 {
		known = nil
	}
	go func() { p.done <- prepare(ctx, known, build, &scenario, terms) }()
	return p
}

func prepare(ctx context.Context, known Load, build func([]byte, string) (Load, error), scenario *blob, terms []byte) (p prepared) {
	p.load, p.sum = known, scenario.sum.SHA256
	if known == nil {
		if p.load, p.err = build(scenario.data, p.sum); p.err != nil {
			p.load = nil
			return p
		}
	}
	t, err := readTerms(terms)
	if err == nil {
		err = p.load.Set(t)
	}
	if p.err = err; err == nil {
		p.err = p.load.Check(ctx)
		p.refused = p.err != nil
	}
	return p
}

// prepared takes what came of a preparing.
func (a *agent) prepared(ctx context.Context, p prepared) error {
	stale := a.preparing.stale
	a.preparing = nil
	switch {
	case a.deserted:
		return nil
	case stale:
	case p.err != nil:
		a.status.Failed, a.status.Refused = shortened(p.err.Error()), p.refused
	default:
		a.status.Loaded = true
	}
	if !stale && p.load != nil {
		a.load, a.loaded = p.load, p.sum
	}
	return a.advance(ctx)
}

// A probing is a look at the target.
type probing struct {
	cancel context.CancelFunc
	found  chan probed
}

func startProbing(ctx context.Context, load Load) *probing {
	ctx, cancel := context.WithCancel(ctx)
	p := &probing{cancel, make(chan probed, 1)}
	go func() {
		defer cancel()
		passing, err := load.Probe(ctx)
		p.found <- probed{passing, err}
	}()
	return p
}

// end breaks the look off if it goes on, and waits for its end. What it found is not taken
// after that.
func (p *probing) end() {
	p.cancel()
	<-p.found
}

// probed is what the look at the target found.
type probed struct {
	passing []*check.Fault
	err     error
}

// probed takes what the look at the target found.
func (a *agent) probed(p probed) {
	a.probing = nil
	faults := p.passing
	if broken := (check.Faults)(nil); errors.As(p.err, &broken) {
		faults = append(faults, broken...)
	} else if p.err != nil {
		a.status.Failed = shortened(p.err.Error())
		return
	}
	a.status.Probed, a.status.Faults = true, sentFaults(faults)
}
