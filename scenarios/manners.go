package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
)

// CheckTarget looks up the targets of a plan ahead of its run,
// and refuses one that would be refused then (see loadgen.Plan.LookUp): the run
// judges again what it connects to. A name without any address passes: the run
// shows it as the failure it is.
func CheckTarget(p *loadgen.Plan) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return checkTargets(ctx, p, nil)
}

func checkTargets(ctx context.Context, p *loadgen.Plan, find loadgen.Resolver) error {
	type place struct {
		host, dial string
		family     loadgen.Family
	}
	var refused []error
	var seen []place
	for i := range p.Flows {
		t := &p.Flows[i].Target
		at := place{t.Host, t.Dial, t.Family}
		if t.Host == SinkHost && t.Dial == "" || slices.Contains(seen, at) {
			continue
		}
		seen = append(seen, at)
		if err := checkTarget(ctx, p, t, find); err != nil {
			refused = append(refused, err)
		}
	}
	return errors.Join(refused...)
}

func checkTarget(ctx context.Context, p *loadgen.Plan, t *loadgen.Target, find loadgen.Resolver) error {
	_, err := p.LookUp(ctx, t, find)
	var unknown *net.DNSError
	var stranger *netdrive.StrangerError
	switch {
	case err == nil, errors.As(err, &unknown) && unknown.IsNotFound:
		return nil
	case errors.As(err, &stranger):
		return err
	}
	return fmt.Errorf("cannot tell whether %s is loopback or private: %w", t.Host, err)
}
