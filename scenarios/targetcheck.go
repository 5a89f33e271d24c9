package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// CheckTarget checks the targets and the source addresses of a plan before it is
// run, as far as this machine and its name servers know them. It refuses targets
// that the run would refuse (see loadgen.Plan.LookUp). Source addresses that do not
// belong to this machine are Faults. A name without any address passes: the run
// reports it as a failure of the target.
func (s *Scenario) CheckTarget(p *loadgen.Plan) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.checkSources(p); err != nil {
		return err
	}
	return s.checkTargets(ctx, p, nil)
}

func (s *Scenario) checkSources(p *loadgen.Plan) error {
	var r tree.Report
	seen := map[netip.Addr]bool{}
	for i := range p.Flows {
		for _, a := range p.Flows[i].Target.Sources {
			if seen[a] || len(r.Faults) >= tree.MaxFaults {
				continue
			}
			seen[a] = true
			if err := netdrive.CheckSource(a); err != nil {
				r.Faultf(s.sources[a], "%v", err)
			}
		}
	}
	return r.Err()
}

func (s *Scenario) checkTargets(ctx context.Context, p *loadgen.Plan, find loadgen.Resolver) error {
	var refused []error
	var seen []*loadgen.Target
	for i := range p.Flows {
		t := &p.Flows[i].Target
		if t.Host == SinkHost && t.Dial == "" || slices.ContainsFunc(seen, func(o *loadgen.Target) bool { return samePlace(t, o) }) {
			continue
		}
		seen = append(seen, t)
		if err := s.checkTarget(ctx, p, t, find); err != nil {
			refused = append(refused, err)
		}
	}
	return errors.Join(refused...)
}

// samePlace reports whether a look-up and its check are the same for two targets.
func samePlace(a, b *loadgen.Target) bool {
	return a.Host == b.Host && a.Dial == b.Dial && a.Family == b.Family && slices.Equal(a.Sources, b.Sources)
}

func (s *Scenario) checkTarget(ctx context.Context, p *loadgen.Plan, t *loadgen.Target, find loadgen.Resolver) error {
	_, err := p.LookUp(ctx, t, find)
	var (
		unknown  *net.DNSError
		stranger *netdrive.StrangerError
		own      *netdrive.OwnFault
	)
	switch {
	case err == nil, errors.As(err, &unknown) && unknown.IsNotFound:
		return nil
	case errors.As(err, &stranger):
		return err
	case errors.As(err, &own) && len(t.Sources) > 0:
		var r tree.Report
		r.Faultf(s.sources[t.Sources[0]], "%v", err)
		return r.Err()
	}
	return fmt.Errorf("cannot tell whether %s is loopback or private: %w", t.Host, err)
}

// sources returns where each source address stands first.
func (doc *document) sources() map[netip.Addr]tree.Position {
	all := map[netip.Addr]tree.Position{}
	for i := range doc.flows {
		t := &doc.flows[i].value.target
		for j, a := range t.sources {
			if _, known := all[a]; !known {
				all[a] = t.node.Get("source").Items[j].At
			}
		}
	}
	return all
}
