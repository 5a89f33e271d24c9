package figures

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Target is what a flow loaded: where the scenario says, and what the first server
// that answered there said of itself. Nothing is known of a server that never got as
// far as a reply to EHLO.
type Target struct {
	Host        string               `json:"host,omitempty"`        // as in the scenario; the path of a Unix socket
	Port        int                  `json:"port,omitempty"`        // none of a Unix socket
	Address     string               `json:"address,omitempty"`     // that was connected to
	Banner      string               `json:"banner,omitempty"`      // the text of the 220
	EHLO        string               `json:"ehlo,omitempty"`        // the name that the generator gave itself
	ServerName  string               `json:"server_name,omitempty"` // the name that the server gave itself in its reply to EHLO
	TLSVersion  string               `json:"tls_version,omitempty"` // none in the clear
	Cipher      string               `json:"cipher,omitempty"`      // the suite, by its IANA name
	Group       string               `json:"group,omitempty"`       // of the key exchange
	Certificate *tally.Certificate   `json:"certificate,omitempty"` // the server's own
	Addresses   []tally.AddressCount `json:"addresses,omitempty"`   // that sessions tried, if there are several
	Greetings   tally.Greetings      `json:"-"`                     // of all servers that answered there
}

// TargetOf returns what a flow of that name loaded in all of some runs.
func TargetOf(flow string, runs ...*record.Run) *Target {
	t, visits := &Target{}, tally.Visits{}
	for _, r := range runs {
		i := r.FlowIndex(flow)
		if i < 0 {
			continue
		}
		h := &r.Header.Flows[i]
		t.Host, t.Port = cmp.Or(t.Host, h.Host), cmp.Or(t.Port, h.Port)
		t.Greetings.Merge(*r.Greetings(i))
		visits.Merge(r.Visits(i))
	}
	counts := visits.Counts()
	for i := range counts {
		if c := &counts[i]; c.Started > c.Unreached || len(counts) == 1 {
			t.Address = cmp.Or(t.Address, c.Address)
		}
	}
	if len(counts) > 1 {
		t.Addresses = counts
	}
	if len(t.Greetings.List) > 0 {
		t.Describe(&t.Greetings.List[0])
	}
	return t
}

// Describe takes over what a server said of itself.
func (t *Target) Describe(g *tally.Greeting) {
	t.Address = cmp.Or(g.Address, t.Address)
	t.Banner, t.EHLO, t.ServerName = g.Banner, g.EHLO, g.Name
	if s := g.TLS; s != nil {
		t.TLSVersion, t.Cipher, t.Group, t.Certificate = s.Version, s.Cipher, s.Group, s.Certificate
	}
}

// dead returns the addresses that took no connection, with the reason, unless all are.
func (t *Target) dead() []string {
	var list []string
	for _, c := range t.Addresses {
		if c.Unreached == c.Started {
			list = append(list, fmt.Sprintf("%s (%s)", cmp.Or(c.Address, "others"), c.Why))
		}
	}
	if len(list) == len(t.Addresses) {
		return nil
	}
	return list
}

// listOf is a list of which no more than three are named.
func listOf(names []string) string {
	const most = 3
	text := strings.Join(names[:min(len(names), most)], ", ")
	if n := len(names) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
