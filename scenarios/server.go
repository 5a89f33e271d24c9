package scenarios

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A server says how to look at the server itself while it is loaded.
type server struct {
	section
	processes  []string
	agent      string
	prometheus prometheus
}

var serverShape = object[server]{
	name:    "server",
	example: "{processes: [postfix]}",
	fields: []field[server]{
		opt("processes", listOf(text("a process's name, the path of a pid file, a systemd unit such as postfix.service, or a control group below /sys/fs/cgroup", `^[^\x00-\x1f]{1,1000}$`), 1, 50),
			func(s *server) *[]string { return &s.processes },
			"The server's processes on this machine, each with all of its descendants."),
		opt("agent", text("the name of an agent", `^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$`), func(s *server) *string { return &s.agent },
			"The agent on the server's machine that looks at its processes there: smtpgauge agent --name NAME --watch PROCESSES. For runs on agents."),
		opt("prometheus", prometheusShape, func(s *server) *prometheus { return &s.prometheus },
			"A Prometheus server that is asked once a second, such as one that watches another machine."),
	},
	check: func(d *decoder, s *server) {
		switch {
		case len(s.given("processes", "agent", "prometheus")) == 0 && !s.unsure:
			d.Faultf(s.node.At, "say what is looked at: processes, as in {processes: [postfix]}, agent or prometheus")
		case s.has("processes") && s.has("agent"):
			d.Faultf(s.at("agent"), "the server's processes are on this machine or on an agent's: leave out processes or agent")
		}
	},
}

// A prometheus is a Prometheus server that knows something of the server.
type prometheus struct {
	section
	url      string
	username secret
	password secret
	token    secret
	ca       string
	queries  []named[string]

	roots *x509.CertPool // of ca; nil for the system's
}

var prometheusShape = object[prometheus]{
	name:    "prometheus",
	example: `{url: "http://127.0.0.1:9090", queries: {load: "node_load1"}}`,
	instead: map[string]string{
		"basic_auth": "username and password", "bearer_token": "token", "authorization": "token", "credentials": "token",
		"user": "username", "tls": "ca", "tls_config": "ca", "ca_file": "ca",
	},
	fields: []field[prometheus]{
		opt("url", text("a URL such as http://127.0.0.1:9090, without a user name, which is an option, and without a question mark", `^https?://[^\x00-\x20@?#]{1,500}$`), func(p *prometheus) *string { return &p.url },
			"Where its HTTP API is: the part before /api/v1.").mandatory(),
		opt("username", credential{here: true}, func(p *prometheus) *secret { return &p.username },
			"Who asks, for a Prometheus with basic authentication (RFC 7617). ${env:NAME} and ${file:PATH} bring it in."),
		opt("password", credential{hidden: true, here: true}, func(p *prometheus) *secret { return &p.password },
			"The password of username, best as ${env:NAME} or ${file:PATH}. It is shown nowhere."),
		opt("token", credential{hidden: true, here: true}, func(p *prometheus) *secret { return &p.token },
			"The bearer token (RFC 6750) of a Prometheus that wants one, best as ${env:NAME} or ${file:PATH}. It is shown nowhere."),
		opt("ca", filePath, func(p *prometheus) *string { return &p.ca },
			"File with the certificate authorities that an https URL is trusted by, in place of the system's. PEM or DER."),
		opt("queries", byName[string]{
			what: "a query's name", key: namePattern, words: nameWords, most: 20, needed: true,
			item: text("a query in PromQL, whose answer is one number", `^[^\x00-\x08\x0b-\x1f]{1,1000}$`),
		}, func(p *prometheus) *[]named[string] { return &p.queries },
			"What to ask, by the names that the figures have: each has to come to one number, so most begin with sum or max.").mandatory(),
	},
	check: func(d *decoder, p *prometheus) {
		for i := range p.queries {
			if _, is := sample.ParsePhase(p.queries[i].name); is {
				d.Faultf(p.queries[i].at, "no query can be named %s, which is what a phase is named: server.%s.max would have two meanings", p.queries[i].name, p.queries[i].name)
			}
		}
		p.checkLogin(d)
		if p.ca == "" {
			return
		}
		if !p.secure() {
			d.Faultf(p.at("ca"), "ca is for an https URL")
			return
		}
		p.roots = d.authorities(p.at("ca"), p.ca)
	},
}

// bearer matches a bearer token (RFC 6750, section 2.1), and what else servers take for one
// that HTTP can carry.
var bearer = regexp.MustCompile(`^[!-~]+$`)

func (p *prometheus) secure() bool { return strings.HasPrefix(p.url, "https:") }

// checkLogin checks how the options of a login go together, and whether HTTP can carry them.
func (p *prometheus) checkLogin(d *decoder) {
	login := p.given("username", "password")
	switch {
	case len(login) > 0 && p.has("token"):
		d.Faultf(p.at("token"), "token is given, and %s too: leave out one of the two", login[0])
	case len(login) == 1 && !p.unsure:
		d.Faultf(p.at(login[0]), "username and password belong together: one of them is missing")
	case strings.Contains(p.username.reveal(), ":"):
		d.Faultf(p.at("username"), "username has a colon in it, which basic authentication cannot carry (RFC 7617)")
	case p.token.text != nil && !bearer.MatchString(p.token.reveal()):
		d.Faultf(p.at("token"), "token has characters in it that a bearer token cannot have: want printable ASCII without blanks")
	}
	if u, err := url.Parse(p.url); err == nil && !p.secure() && len(login)+len(p.given("token")) > 0 && p.url != "" {
		if a, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !a.IsLoopback()) {
			d.notef(p.at("url"), "the login goes to %s in the clear: an https URL hides it from others on the way", tree.Quote(u.Host))
		}
	}
}

// A Query is a question to a Prometheus server about the server, in PromQL.
type Query struct{ Name, Expr string }

// A Prometheus is a Prometheus server that is asked about the server during a run. It holds
// secrets, so printing it shows no more than its URL.
type Prometheus struct {
	URL     string  // the part before /api/v1
	Queries []Query // in the order of the scenario

	Username, Password string         // for basic authentication; empty for none
	Token              string         // a bearer token; empty for none
	Private            bool           // Username is a secret too
	Roots              *x509.CertPool // to trust; nil for the system's
}

// Format prints the URL, whatever the verb.
func (p Prometheus) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "prometheus %s", p.URL) }

// Prometheus is asked during a run; nil if the scenario has none. Its secrets are there only
// on the machine that read the scenario, and not after Rebuild.
func (s *Scenario) Prometheus() *Prometheus {
	p := &s.server.prometheus
	if p.url == "" {
		return nil
	}
	out := &Prometheus{
		URL: p.url, Username: p.username.reveal(), Password: p.password.reveal(), Token: p.token.reveal(), Roots: p.roots,
		Private: p.has("username") && reference.MatchString(p.node.Get("username").Text),
	}
	for _, q := range p.queries {
		out.Queries = append(out.Queries, Query{q.name, q.value})
	}
	return out
}
