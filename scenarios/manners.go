package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// CheckTarget refuses a plan that would load what its user may not own: every
// target has to be loopback, private (RFC 1918, RFC 4193) or link-local, or to
// be named in may. A name has to be so with all its addresses. A name without
// any address passes: the run shows it as the failure it is.
func CheckTarget(p *loadgen.Plan, may []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return checkTargets(ctx, p, may, net.DefaultResolver.LookupNetIP)
}

type lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

func checkTargets(ctx context.Context, p *loadgen.Plan, may []string, find lookup) error {
	var refused []error
	var hosts []string
	for i := range p.Flows {
		t := &p.Flows[i].Target
		host := t.Host
		if t.Network == "unix" || host == SinkHost || slices.Contains(hosts, host) {
			continue
		}
		hosts = append(hosts, host)
		if slices.ContainsFunc(may, func(m string) bool { return strings.EqualFold(strings.Trim(m, "[]"), host) }) {
			continue
		}
		if err := checkHost(ctx, host, find); err != nil {
			refused = append(refused, err)
		}
	}
	return errors.Join(refused...)
}

func checkHost(ctx context.Context, host string, find lookup) error {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".invalid") {
		return nil // RFC 6761: loopback, and nowhere
	}
	addrs := make([]netip.Addr, 1)
	var err error
	if addrs[0], err = netip.ParseAddr(host); err != nil {
		addrs, err = find(ctx, "ip", host)
	}
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return nil
	case err != nil:
		return fmt.Errorf("cannot tell whether %s is loopback or private: %w", host, err)
	}
	for _, a := range addrs {
		if local(a) {
			continue
		}
		shown := host
		if a.String() != host {
			shown += " (" + a.String() + ")"
		}
		return fmt.Errorf("%s is neither loopback nor private", shown)
	}
	return nil
}

// local tells whether an address is on this machine or a private network.
func local(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}
