package scenarios

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen"
)

// SinkHost is the target.host that stands for the built-in server.
const SinkHost = "sink"

// A target is the server a flow loads.
type target struct {
	section
	host    string
	socket  string
	family  loadgen.Family
	sources []netip.Addr
	lmtp    bool
	tls     transport
}

var targetShape = object[target]{
	name: "target",
	fields: []field[target]{
		opt("host", hostShape, func(t *target) *string { return &t.host },
			"Name or address of the server. sink starts the built-in server for this run. Ports belong to the flows."),
		opt("socket", text("the path of a Unix socket", `^[^\x00]{1,107}$`), func(t *target) *string { return &t.socket },
			"Path of a Unix socket to connect to, in place of host and port."),
		opt("family", choose(
			choice[loadgen.Family]{"any", loadgen.AnyFamily},
			choice[loadgen.Family]{"ipv4", loadgen.IPv4},
			choice[loadgen.Family]{"ipv6", loadgen.IPv6},
		), func(t *target) *loadgen.Family { return &t.family },
			"Which addresses of a name are used.").or("any"),
		opt("source", several(addressShape, 1, 65536), func(t *target) *[]netip.Addr { return &t.sources },
			"Local addresses to connect from, in turn. Each has its own ports, so more of them allow more sessions."),
		opt("lmtp", truth, func(t *target) *bool { return &t.lmtp },
			"Speak LMTP (RFC 2033): LHLO, and one reply a recipient.").or("false"),
		opt("tls", transportShape, func(t *target) *transport { return &t.tls },
			"How TLS is done, where a flow uses it.").or("{}"),
	},
	check: checkTarget,
}

func checkTarget(d *decoder, t *target) {
	switch {
	case t.has("host") && t.has("socket"):
		d.faultf(t.at("socket"), "a target has a host or a socket, not both: null takes the one from defaults away")
	case !t.has("host") && !t.has("socket") && !t.unsure:
		d.faultf(t.node.at, "the target has no host: give its name or address, or sink for the built-in server")
	case t.has("socket") && len(t.sources) > 0:
		d.faultf(t.at("source"), "a socket has no source addresses")
	}
	for i, a := range t.sources {
		if t.family == loadgen.IPv4 && a.Is6() || t.family == loadgen.IPv6 && a.Is4() {
			d.faultf(t.node.get("source").items[i].at, "the address is not of the family the target has")
		}
	}
}

var addressShape = literal[netip.Addr]{
	want: "an IP address",
	tags: []tag{isText},
	parse: func(text string) (netip.Addr, error) {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return a, errShape
		}
		return a.Unmap(), nil
	},
	schema: jsonSchema{Type: "string", Pattern: `^[0-9A-Fa-f:.]+(%.+)?$`},
}

// hostPattern takes what names and addresses are made of: no port, no scheme.
const hostPattern = `^(\[?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[^\s\]]+)?\]?|[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?)$`

var hostRegexp = regexp.MustCompile(hostPattern)

var hostShape = literal[string]{
	want:   `a host name, an IP address, or "sink"`,
	tags:   []tag{isText},
	parse:  parseHost,
	schema: jsonSchema{Type: "string", Pattern: hostPattern},
}

func parseHost(text string) (string, error) {
	if reference.MatchString(text) {
		return "", errReference
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if a, err := netip.ParseAddr(bare); err == nil {
		if a.IsUnspecified() || a.IsMulticast() {
			return "", errors.New("it is no single host's address")
		}
		return a.String(), nil
	}
	if strings.Contains(text, ":") {
		return "", errors.New("ports belong to the flows: flows.NAME.port")
	}
	if !hostRegexp.MatchString(text) {
		return "", errShape
	}
	return text, nil
}

// resolved turns the target into what the engine dials.
func (t *target) resolved(port int) loadgen.Target {
	out := loadgen.Target{Network: "tcp", Host: t.host, Port: port, Family: t.family, Sources: t.sources}
	if t.has("socket") {
		out.Network, out.Host, out.Port = "unix", t.socket, 0
	}
	return out
}
