package check

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// Probe makes a walk for each flow of a plan: one after the other with the same account
// at the same host, so that a wrong password is tried once, and at the same time
// elsewhere. It returns the faults that may pass. If a flow cannot work at all, the
// error is of type Faults; any other error is that of a target that must not be loaded,
// of mail that cannot be made, or of ctx.
func Probe(ctx context.Context, p *loadgen.Plan, o Options) (passing []*Fault, err error) {
	found := make([][]*Fault, len(p.Flows))
	err = atOnce(ctx, p, o, func(line queue, errs []error) { probeInTurn(ctx, p, line, o, found, errs) })
	if err != nil {
		return nil, err
	}
	var all []*Fault
	for _, f := range found {
		all = append(all, f...)
	}
	return Passing(merged(all))
}

// maxAtOnce bounds how many walks are made at the same time.
const maxAtOnce = 16

// atOnce calls visit for each queue of a plan, several at the same time. errs has a place
// for the error of each flow. The error joins these; it is that of ctx if that has ended.
func atOnce(ctx context.Context, p *loadgen.Plan, o Options, visit func(line queue, errs []error)) error {
	errs := make([]error, len(p.Flows))
	var group sync.WaitGroup
	slots := make(chan struct{}, maxAtOnce)
	for _, line := range queues(p, o) {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			visit(line, errs)
		})
	}
	group.Wait()
	return cmp.Or(ctx.Err(), errors.Join(errs...))
}

// A queue is flows, by index, that are probed in turn.
type queue []int

// queues arranges the flows of a plan, in its order.
func queues(p *loadgen.Plan, o Options) []queue {
	type place struct {
		host    string
		port    int
		account smtpwire.Credentials
	}
	var all []queue
	known := map[place]int{}
	for i := range p.Flows {
		f := &p.Flows[i]
		if o.Skip != nil && o.Skip(f) {
			continue
		}
		at := place{host: f.Target.Host, port: f.Target.Port}
		if a := f.Session.Accounts; len(a) > 0 {
			at.port, at.account = 0, a[0] // the ports of a host mostly know the same accounts
			at.account.Mechanism = ""
		}
		n, found := known[at]
		if !found {
			n = len(all)
			known[at] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return all
}

// probeInTurn probes flows one after the other. If a login is refused, the other flows
// with it are not tried.
func probeInTurn(ctx context.Context, p *loadgen.Plan, line queue, o Options, found [][]*Fault, errs []error) {
	for n, i := range line {
		f := &p.Flows[i]
		w, err := walk(ctx, p, f, o, envelopeOnly)
		if err != nil {
			errs[i] = err
			return
		}
		found[i] = explain(w, f, wordsOf(p))
		if w.Failure != nil && w.Failure.Class == sample.AuthRejected {
			refused := *found[i][len(found[i])-1]
			for _, other := range line[n+1:] {
				refused.Flows = append(refused.Flows, p.Flows[other].Name)
			}
			found[i][len(found[i])-1] = &refused
			return
		}
	}
}
