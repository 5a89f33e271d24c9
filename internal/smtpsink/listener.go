package smtpsink

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
)

// A Listener is an address at which the sink takes connections.
type Listener struct {
	Network string // "tcp" or "unix"; "" means "tcp"
	Address string // "host:port", or the path of the socket
	TLS     sample.TLSMode
	LMTP    bool // LHLO, and a reply for each recipient (RFC 2033)
}

// String returns the listener in the form that ParseListener reads.
func (l Listener) String() string {
	s := l.Address
	if l.Network == "unix" {
		s = "unix:" + s
	}
	s += "," + l.TLS.String()
	if l.LMTP {
		s += ",lmtp"
	}
	return s
}

// ParseListener reads "ADDRESS[,none|starttls|implicit][,lmtp]". ADDRESS is "host:port",
// "port" or "unix:PATH". The default host is 127.0.0.1, so that the sink does not listen
// beyond this machine unless the address says so. The default mode is the usual one of the
// port (see sample.UsualTLS), or none if it has none.
func ParseListener(s string) (Listener, error) {
	address, rest, _ := strings.Cut(s, ",")
	l, port, err := parseAddress(address)
	if err != nil {
		return Listener{}, fmt.Errorf("listener %q: %w", s, err)
	}
	l.TLS, _ = sample.UsualTLS(port)
	if rest == "" {
		return l, nil
	}
	for option := range strings.SplitSeq(rest, ",") {
		if option == "lmtp" {
			l.LMTP = true
			continue
		}
		mode, known := sample.ParseTLSMode(option)
		if !known {
			return Listener{}, fmt.Errorf("listener %q: unknown TLS mode %q: use none, starttls or implicit", s, option)
		}
		l.TLS = mode
	}
	return l, nil
}

func parseAddress(address string) (l Listener, port int, err error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if path == "" {
			return Listener{}, 0, fmt.Errorf("no path: use unix:/path/of/the/socket")
		}
		return Listener{Network: "unix", Address: path}, 0, nil
	}
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return Listener{}, 0, fmt.Errorf("not an address: use HOST:PORT, such as 127.0.0.1:2525")
	}
	port, err = strconv.Atoi(service)
	if err != nil || port < 0 || port > 65535 {
		return Listener{}, 0, fmt.Errorf("port %q: use a number from 0 (any free one) to 65535", service)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return Listener{Network: "tcp", Address: net.JoinHostPort(host, service)}, port, nil
}
