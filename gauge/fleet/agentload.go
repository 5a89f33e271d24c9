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
		if err := a.prepare(); err != nil {
			a.status.Failed = shortened(err.Error())
			return nil
		}
		a.status.Loaded = true
	}
	if a.order.Probe && !a.status.Probed && a.probing == nil {
		a.probing = startProbing(ctx, a.load)
	}
	if a.order.Begin && a.run == nil && !a.status.Ended && !a.order.Over {
		file, err := a.o.Create(a.load.Name())
		if err != nil {
			a.status.Failed = shortened(err.Error())
			return nil
		}
		a.run = startRun(ctx, a.load, file, a.o, &a.order)
	}
	return nil
}

// prepare makes the scenario and sets the terms of the run.
func (a *agent) prepare() error {
	if a.loaded != a.blobs[0].sum.SHA256 {
		load, err := a.o.Load(a.blobs[0].data, a.blobs[0].sum.SHA256)
		if err != nil {
			return err
		}
		a.load, a.loaded = load, a.blobs[0].sum.SHA256
	}
	terms, err := readTerms(a.blobs[1].data)
	if err != nil {
		return err
	}
	if err := a.load.Set(terms); err != nil {
		return err
	}
	if err := a.load.Check(); err != nil {
		a.status.Refused = true
		return err
	}
	return nil
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
