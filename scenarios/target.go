package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// SinkHost is the target.host that stands for the built-in server.
const SinkHost = "sink"

// A target is the server a flow loads.
type target struct {
	section
	host    string
	socket  string
	family  loadgen.Family
	spread  loadgen.Spread
	sources []netip.Addr
	lmtp    bool
	tls     transport
}

var targetShape = object[target]{
	name:    "target",
	example: "{host: mail.example.test}",
	instead: map[string]string{"server": "host"},
	fields: []field[target]{
		opt("host", hostShape, func(t *target) *string { return &t.host },
			"Name or address of the server. sink starts the built-in server for this run. The port is an option of the flow."),
		opt("socket", text("the path of a Unix socket", `^[^\x00]{1,107}$`), func(t *target) *string { return &t.socket },
			"Path of a Unix socket to connect to, in place of host and port."),
		opt("family", namesOf(loadgen.AnyFamily, loadgen.IPv4, loadgen.IPv6), func(t *target) *loadgen.Family { return &t.family },
			"Which addresses of a name to use.").defaultTo("any"),
		opt("addresses", namesOf(loadgen.AllAddresses, loadgen.FirstAddress), func(t *target) *loadgen.Spread { return &t.spread },
			"If a name has several addresses: all spreads the sessions over them, first uses the first one that answers.").defaultTo("all"),
		opt("source", listOf(addressShape, 1, 65536), func(t *target) *[]netip.Addr { return &t.sources },
			"Local addresses to connect from, in turn. Each has its own ports, so more addresses allow more sessions."),
		opt("lmtp", boolean, func(t *target) *bool { return &t.lmtp },
			"Speak LMTP (RFC 2033): LHLO, and one reply for each recipient.").defaultTo("false"),
		opt("tls", transportShape, func(t *target) *transport { return &t.tls },
			"How TLS is done, if a flow uses it.").defaultTo("{}"),
	},
	check: checkTargetOptions,
}

func checkTargetOptions(d *decoder, t *target) {
	switch {
	case t.has("host") && t.has("socket"):
		d.Faultf(t.at("socket"), "a target has a host or a socket, not both: null removes the one from defaults")
	case !t.has("host") && !t.has("socket") && !t.unsure:
		d.Faultf(t.node.At, "the target has no host: give its name or address, or sink for the built-in server")
	case t.has("socket") && len(t.sources) > 0:
		d.Faultf(t.at("source"), "a socket has no source addresses: leave out source")
	}
	family := t.family
	if host, err := netip.ParseAddr(t.host); err == nil {
		if !ofFamily(host, family) {
			d.Faultf(t.at("host"), "the address is not of the target's family")
		}
		family = familyOf(host)
	}
	for i, a := range t.sources {
		if a.IsValid() && !ofFamily(a, family) {
			d.Faultf(t.node.Get("source").Items[i].At, "the address is not of the target's family: nothing can connect from it")
		}
	}
}

// ofFamily reports whether an address is of a family.
func ofFamily(a netip.Addr, f loadgen.Family) bool { return f == loadgen.AnyFamily || f == familyOf(a) }

func familyOf(a netip.Addr) loadgen.Family {
	if a.Unmap().Is4() {
		return loadgen.IPv4
	}
	return loadgen.IPv6
}

var addressShape = literal[netip.Addr]{
	want: "an IP address",
	tags: []tree.Tag{tree.IsText},
	parse: func(text string) (netip.Addr, error) {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return a, errShape
		}
		return a.Unmap(), oneHost(a)
	},
	schema: jsonSchema{Type: "string", Pattern: `^[0-9A-Fa-f:.]+(%.+)?$`},
}

// oneHost returns an error unless an address belongs to one host. A link-local
// address does only with its zone: the same address may exist on each interface
// (RFC 4007, section 6).
func oneHost(a netip.Addr) error {
	switch a = a.Unmap(); {
	case a.IsUnspecified(), a.IsMulticast():
		return errors.New("it is not the address of a single host")
	case a.Is6() && a.IsLinkLocalUnicast() && a.Zone() == "":
		return fmt.Errorf("a link-local address needs the interface it is on: %s%%eth0", a)
	}
	return nil
}

// hostPattern matches names and addresses, without a port and without a scheme.
const hostPattern = `^(\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[^\s\]]+)?\]?|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?)$`

var hostRegexp = regexp.MustCompile(hostPattern)

var hostShape = literal[string]{
	want:   `a host name, an IP address, or "sink"`,
	tags:   []tree.Tag{tree.IsText},
	parse:  parseHost,
	schema: jsonSchema{Type: "string", Pattern: hostPattern},
}

func parseHost(text string) (string, error) {
	if scheme, _, found := strings.Cut(text, "://"); found {
		return "", fmt.Errorf("leave out %s://: port and tls are options of the flow", scheme)
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if a, err := netip.ParseAddr(bare); err == nil {
		return a.String(), oneHost(a)
	}
	if strings.Contains(text, ":") {
		return "", errors.New("the port belongs to the flow: flows.NAME.port")
	}
	if !hostRegexp.MatchString(text) {
		return "", errShape
	}
	if numeric.MatchString(text) {
		return "", errors.New("it is neither a name nor an address in full: write one such as 127.0.0.1")
	}
	return text, nil
}

// numeric matches text that ends in a number, which no name does (RFC 1123, section
// 2.1). It is a short form of an address (127.1, 0x7f.1, 2130706433, 0177.0.0.1): some
// systems accept it, others look it up as a name.
var numeric = regexp.MustCompile(`(^|\.)([0-9]+|0[xX][0-9A-Fa-f]*)\.?$`)

// resolved returns the target as loadgen has it.
func (t *target) resolved(port int) loadgen.Target {
	out := loadgen.Target{Network: "tcp", Host: t.host, Port: port, Family: t.family, Spread: t.spread, Sources: t.sources}
	if t.has("socket") {
		out.Network, out.Host, out.Port = "unix", t.socket, 0
	}
	return out
}

// CheckTarget checks the targets and the source addresses of a plan before it is
// run, as far as this machine and its name servers know them. It refuses targets
// that the run would refuse (see loadgen.Plan.LookUp). Source addresses that do not
// belong to this machine are Faults. A name without any address passes: the run
// reports it as a failure of the target. It takes 10 s at the most, and ends with ctx.
func (s *Scenario) CheckTarget(ctx context.Context, p *loadgen.Plan) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
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
