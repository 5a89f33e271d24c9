package loadgen

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
)

// A Target says where a flow connects to.
type Target struct {
	Network string       // "tcp" or "unix"
	Host    string       // a name, an IP address, or the path of a socket for "unix"
	Port    int          // as in the scenario
	Dial    string       // "address:port", or a path, to dial in place of Host and Port; "" for none
	Family  Family       // which addresses of a name are used
	Spread  Spread       // and whether all of those are, or one
	Sources []netip.Addr // local addresses to bind, in turn; none leaves it to the kernel
	TLS     *tls.Config  // nil if the flow never turns to TLS. If it has a ClientSessionCache, each shard uses one of its own
}

// A Family restricts the addresses of a name.
type Family uint8

// The address families.
const (
	AnyFamily Family = iota
	IPv4
	IPv6
)

// String returns the family as it stands in scenarios.
func (f Family) String() string {
	switch f {
	case IPv4:
		return "ipv4"
	case IPv6:
		return "ipv6"
	}
	return "any"
}

var networks = map[Family]string{AnyFamily: "ip", IPv4: "ip4", IPv6: "ip6"}

// A Resolver looks up the addresses of a host, as netdrive.Resolve does.
type Resolver func(ctx context.Context, network, host string) ([]netip.Addr, error)

// lookUpLimit is how long a look-up may take.
const lookUpLimit = 10 * time.Second

// LookUp finds the addresses of a target, in the order in which they should be
// tried, and checks that they may be loaded: an address must be netdrive.Local, or
// the plan's MayLoad must name the host. A single address that is neither makes
// LookUp fail with a *netdrive.StrangerError. It leaves out addresses that no
// source address can reach; if none is left, the error is a *netdrive.OwnFault. A
// nil find means netdrive.Resolve.
func (p *Plan) LookUp(ctx context.Context, t *Target, find Resolver) ([]netdrive.Addr, error) {
	if t.Network == "unix" {
		return []netdrive.Addr{{Path: cmp.Or(t.Dial, t.Host)}}, nil
	}
	found, err := t.find(ctx, find)
	if err != nil {
		return nil, err
	}
	permitted := p.mayLoad(t.Host)
	var addrs []netdrive.Addr
	for _, a := range found {
		if !permitted && !netdrive.Local(a.Addr()) {
			return nil, &netdrive.StrangerError{Host: t.Host, Addr: a.Addr()}
		}
		if len(t.Sources) == 0 || len(t.sourcesFor(a.Addr())) > 0 {
			addrs = append(addrs, netdrive.Addr{TCP: a, Permitted: permitted})
		}
	}
	if len(addrs) == 0 {
		return nil, &netdrive.OwnFault{Text: fmt.Sprintf("%s has no address of the family that the source addresses have: nothing can connect from them", t.Host)}
	}
	return addrs, nil
}

// sourcesFor returns the source addresses that can reach an address.
func (t *Target) sourcesFor(a netip.Addr) []netip.Addr {
	if !slices.ContainsFunc(t.Sources, func(s netip.Addr) bool { return s.Is4() != a.Is4() }) {
		return t.Sources
	}
	return slices.DeleteFunc(slices.Clone(t.Sources), func(s netip.Addr) bool { return s.Is4() != a.Is4() })
}

// find looks up where to connect to, without a check.
func (t *Target) find(ctx context.Context, find Resolver) ([]netip.AddrPort, error) {
	if t.Dial != "" {
		a, err := netip.ParseAddrPort(t.Dial)
		return []netip.AddrPort{a}, err
	}
	if t.Port < 0 || t.Port > math.MaxUint16 {
		return nil, fmt.Errorf("port %d, want 0 to %d", t.Port, math.MaxUint16)
	}
	if find == nil {
		find = netdrive.Resolve
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpLimit)
	defer cancel()
	found, err := find(ctx, networks[t.Family], t.Host)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has no address", t.Host)
	}
	all := make([]netip.AddrPort, len(found))
	for i, a := range found {
		all[i] = netip.AddrPortFrom(a.Unmap(), uint16(t.Port))
	}
	return all, nil
}

// literal tells whether the host is an address, which needs no look-up.
func (t *Target) literal() bool {
	_, err := netip.ParseAddr(strings.Trim(t.Host, "[]"))
	return err == nil
}

// mayLoad tells whether MayLoad names a host.
func (p *Plan) mayLoad(host string) bool {
	return slices.ContainsFunc(p.MayLoad, func(named string) bool { return canonical(named) == canonical(host) })
}

// canonical returns one spelling of a host's name or address, to compare it by.
func canonical(host string) string {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// A target is a flow's addresses, looked up.
type target struct {
	addrs []netdrive.Addr
	took  time.Duration // the look-up; 0 if none was needed
	err   error
}

// resolve looks up a target. Names are looked up once for each segment, not for
// each session, so that the run does not load the name server. It returns an error
// if the target must not be loaded. Any other error is kept in the target.
func (e *Engine) resolve(ctx context.Context, f *Flow) (target, error) {
	began := time.Now()
	addrs, err := e.plan.LookUp(ctx, &f.Target, e.options.Resolve)
	if stranger := (*netdrive.StrangerError)(nil); errors.As(err, &stranger) {
		return target{}, fmt.Errorf("flow %s: %w", f.Name, err)
	}
	out := target{addrs: addrs, err: err}
	if f.Target.Network != "unix" && f.Target.Dial == "" && !f.Target.literal() {
		out.took = time.Since(began)
	}
	return out, nil
}

// tlsConfig returns the flow's configuration as one shard uses it. It remembers
// the chains that were verified, and uses records of full size from the start:
// crypto/tls begins with small ones, which help browsers only. What it remembers is
// the shard's alone, so no shard waits for another in a handshake, and a run resumes
// no session of the run before it.
func (t *Target) tlsConfig() *tls.Config {
	if t.TLS == nil {
		return nil
	}
	c := netdrive.RememberChains(t.TLS)
	c.DynamicRecordSizingDisabled = true
	if c.ClientSessionCache != nil {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	return c
}
