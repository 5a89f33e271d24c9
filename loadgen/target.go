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

// A Target is where a flow connects to.
type Target struct {
	Network string       // "tcp" or "unix"
	Host    string       // name, IP address, or socket path for "unix"
	Port    int          // as in the scenario; names the flow's kind
	Dial    string       // "address:port" or path to dial in place of Host and Port; "" for none
	Family  Family       // which addresses of a name are used
	Sources []netip.Addr // local addresses to bind, in turn; none leaves it to the kernel
	TLS     *tls.Config  // nil where the flow never turns to TLS
}

// Family restricts the addresses of a name.
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

// LookUp finds the addresses of a target, in the order they should be tried,
// and judges them: an address that is not netdrive.Local, of a host that
// MayLoad does not name, is a *netdrive.StrangerError, and one is enough. Those
// that no source address can reach are left out; where that leaves none, the
// error is a *netdrive.OwnFault. A nil find is netdrive.Resolve.
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

// sourcesFor are the source addresses that can reach an address.
func (t *Target) sourcesFor(a netip.Addr) []netip.Addr {
	if !slices.ContainsFunc(t.Sources, func(s netip.Addr) bool { return s.Is4() != a.Is4() }) {
		return t.Sources
	}
	return slices.DeleteFunc(slices.Clone(t.Sources), func(s netip.Addr) bool { return s.Is4() != a.Is4() })
}

// find looks up where to connect to, whoever's it is.
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

// literal tells whether the host is an address, which takes no look-up.
func (t *Target) literal() bool {
	_, err := netip.ParseAddr(strings.Trim(t.Host, "[]"))
	return err == nil
}

// mayLoad tells whether MayLoad names a host.
func (p *Plan) mayLoad(host string) bool {
	return slices.ContainsFunc(p.MayLoad, func(named string) bool { return canonical(named) == canonical(host) })
}

// canonical is a host's name or address as it is compared: of all spellings
// the same.
func canonical(host string) string {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.Unmap().String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// A target is a flow's addresses, looked up.
type target struct {
	addrs []netdrive.Addr
	took  time.Duration // of the look-up; 0 where none was needed
	err   error
}

// resolve looks up a target. Names are looked up once a segment, not once a
// session, so that the name server is not what is being loaded. The error is
// that of a target which must not be loaded; any other is the target's.
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

// tlsConfig is the flow's configuration as the engine uses it: with full-size
// records from the start, since small ones that grow serve browsers, and with
// a memory of the chains that were verified.
func (t *Target) tlsConfig() *tls.Config {
	if t.TLS == nil {
		return nil
	}
	c := netdrive.RememberChains(t.TLS)
	c.DynamicRecordSizingDisabled = true
	return c
}

// A destination is one of the addresses of a flow's target.
type destination struct {
	netdrive.Addr
	sources []netip.Addr // to bind in turn, those of its family; none leaves it to the kernel
	curious int          // sessions that set out for it and keep what the server says of itself
}

func destinations(t *Target, addrs []netdrive.Addr) []destination {
	all := make([]destination, len(addrs))
	for i, a := range addrs {
		all[i].Addr = a
		if a.Path == "" {
			all[i].sources = t.sourcesFor(a.TCP.Addr())
		}
	}
	return all
}
