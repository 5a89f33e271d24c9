package scenarios

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
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
