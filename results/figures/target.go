package figures

import (
	"cmp"

	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Target is what a flow loaded: where the scenario says, and what the first server
// that answered there said of itself. Nothing is known of a server that never got as
// far as a reply to EHLO.
type Target struct {
	Host        string             `json:"host,omitempty"`        // as in the scenario; the path of a Unix socket
	Port        int                `json:"port,omitempty"`        // none of a Unix socket
	Address     string             `json:"address,omitempty"`     // that was connected to
	Banner      string             `json:"banner,omitempty"`      // the text of the 220
	EHLO        string             `json:"ehlo,omitempty"`        // the name that the generator gave itself
	ServerName  string             `json:"server_name,omitempty"` // the name that the server gave itself in its reply to EHLO
	TLSVersion  string             `json:"tls_version,omitempty"` // none in the clear
	Cipher      string             `json:"cipher,omitempty"`      // the suite, by its IANA name
	Group       string             `json:"group,omitempty"`       // of the key exchange
	Certificate *tally.Certificate `json:"certificate,omitempty"` // the server's own
	Greetings   tally.Greetings    `json:"-"`                     // of all servers that answered there
}

// TargetOf returns what a flow of that name loaded in all of some runs.
func TargetOf(flow string, runs ...*record.Run) *Target {
	t := &Target{}
	for _, r := range runs {
		i := r.FlowIndex(flow)
		if i < 0 {
			continue
		}
		h := &r.Header.Flows[i]
		t.Host, t.Port = cmp.Or(t.Host, h.Host), cmp.Or(t.Port, h.Port)
		t.Greetings.Merge(*r.Greetings(i))
	}
	if len(t.Greetings.List) > 0 {
		t.Describe(&t.Greetings.List[0])
	}
	return t
}

// Describe takes over what a server said of itself.
func (t *Target) Describe(g *tally.Greeting) {
	t.Address, t.Banner, t.EHLO, t.ServerName = g.Address, g.Banner, g.EHLO, g.Name
	if s := g.TLS; s != nil {
		t.TLSVersion, t.Cipher, t.Group, t.Certificate = s.Version, s.Cipher, s.Group, s.Certificate
	}
}
