package scenarios

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/loadgen/netdrive"
	"github.com/smtpgauge/smtpgauge/scenarios/beside"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// An envelope says from whom and to whom messages go.
type envelope struct {
	section
	from       string
	to         []string
	recipients int
	csv        string
}

const patternWords = "Parts in braces vary: {seq} is the message's number, {1..5000} a number from that range, {COLUMN} a column of csv."

var envelopeShape = object[envelope]{
	name:    "envelope",
	example: "{from: bench@example.test, to: bench@example.test}",
	fields: []field[envelope]{
		opt("from", text("an address", ""), func(e *envelope) *string { return &e.from },
			"The sender; \"\" is the null reverse-path of bounces. "+patternWords).defaultTo("bench@example.test"),
		opt("to", oneOrMore(text("an address", `^[^\x00]+$`), 100_000), func(e *envelope) *[]string { return &e.to },
			"The recipient, or a list of recipients that messages take in turn; only postmaster needs no domain. "+patternWords).defaultTo("bench@example.test"),
		opt("recipients", count(1, 10_000), func(e *envelope) *int { return &e.recipients },
			"How many recipients each message has.").defaultTo("1"),
		opt("csv", filePath, func(e *envelope) *string { return &e.csv },
			"CSV file with a header row; each message takes the next row."),
	},
}

// addTo adds the envelope to the options of package mail, and checks every address
// that can be made from it.
func (e *envelope) addTo(o *mail.Options, d *decoder, allowed []string) {
	o.From, o.To, o.Recipients = e.from, e.to, e.recipients
	var t *beside.Table
	if e.csv != "" {
		if t = d.table(e.at("csv"), e.csv); t == nil {
			return
		}
		o.Columns = &t.Table
	}
	if e.node == nil {
		return
	}
	if e.from != "" {
		d.checkAddress(e.at("from"), e.from, t, allowed)
		d.checkSender(e.at("from"), e.from, t)
	}
	to := e.node.Get("to")
	for i, pattern := range e.to {
		at := to.At
		if to.Kind == tree.Sequence {
			at = to.Items[i].At
		}
		if pattern != "" {
			d.checkAddress(at, pattern, t, allowed)
		}
	}
}

// checkAddress checks a pattern, and that mail to the addresses made from it reaches
// nobody by accident.
func (d *decoder) checkAddress(at tree.Position, pattern string, t *beside.Table, allowed []string) {
	p, err := mail.ParsePattern(pattern)
	if err != nil {
		d.Faultf(at, "%v", err)
		return
	}
	if t == nil {
		domains, err := p.Domains(nil)
		if err != nil {
			d.Faultf(at, "%v", err)
			return
		}
		d.checkDomains(at, domains, allowed)
		return
	}
	domains, err := p.Domains(&t.Table)
	if err == nil && !slices.ContainsFunc(domains, func(name string) bool { return name != "" && !reserved(name, allowed) }) {
		return
	}
	if fixed, err := p.Domains(nil); err == nil {
		d.checkDomains(at, fixed, allowed)
		return
	}
	if column := (*mail.PatternError)(nil); errors.As(err, &column) && column.Column > 0 {
		d.Faultf(at, "%v", err) // it names a column that the table does not have
		return
	}
	d.checkRows(p, t, allowed)
}

// checkSender refuses a sender without a domain: only the recipient postmaster
// may leave it out (RFC 5321 section 4.5.1).
func (d *decoder) checkSender(at tree.Position, pattern string, t *beside.Table) {
	p, err := mail.ParsePattern(pattern)
	if err != nil {
		return // reported already
	}
	var columns *mail.Table
	if t != nil {
		columns = &t.Table
	}
	if domains, _ := p.Domains(columns); slices.Contains(domains, "") {
		d.Faultf(at, "the sender postmaster has no domain: only a recipient may leave it out, postmaster@example.test would be right")
	}
}

// checkRows reports the rows of a table that make wrong addresses.
func (d *decoder) checkRows(p *mail.Pattern, t *beside.Table, allowed []string) {
	for i := range t.Rows {
		if len(d.Faults) >= tree.MaxFaults {
			return
		}
		row := mail.Table{Columns: t.Columns, Rows: t.Rows[i : i+1]}
		domains, err := p.Domains(&row)
		if err != nil {
			d.Faultf(t.At(i), "%s", strings.Replace(err.Error(), "in row 1 of the table ", "", 1))
			continue
		}
		d.checkDomains(t.At(i), domains, allowed)
	}
}

func (d *decoder) checkDomains(at tree.Position, domains, allowed []string) {
	for _, name := range domains {
		if name != "" && !reserved(name, allowed) { // "" is the domain of postmaster: such mail stays at the target
			if below, varies := strings.CutPrefix(name, "."); varies {
				name = "*." + below // as it would stand in allow_domains
			}
			d.Faultf(at, "%s is not reserved for tests, and mail to it may reach people: use .test or example.com, or allow it at the top of the scenario: allow_domains: [%s] (--allow-domain of quick)", tree.Quote(name), tree.Quote(name))
		}
	}
}

// domainPattern matches the domains that may be allowed: names, also beyond ASCII,
// and address literals (RFC 5321, section 4.1.3).
const domainPattern = `^((\*\.)?[^\x00-,/:-@\[-^` + "`" + `{-\x7f]{1,255}|\[(IPv6:)?[0-9A-Fa-f:.]+\])$`

// reservedDomains are those at which nobody receives mail: RFC 2606, RFC 6761.
var reservedDomains = []string{"test", "example", "invalid", "localhost", "example.com", "example.net", "example.org"}

// reserved reports whether mail to a domain reaches nobody, or is allowed. A domain
// with a leading dot stands for any name below it.
func reserved(name string, allowed []string) bool {
	name = canonicalDomain(name)
	if a, ok := literalAddr(name); ok && netdrive.Local(a) {
		return true
	}
	for _, r := range reservedDomains {
		if name == r || strings.HasSuffix(name, "."+r) {
			return true
		}
	}
	for _, a := range allowed {
		if ip, err := netip.ParseAddr(a); err == nil { // an address without brackets means the same
			a = "[" + ip.String() + "]"
		}
		below, all := strings.CutPrefix(strings.TrimSuffix(a, "."), "*")
		if below = canonicalDomain(below); all && strings.HasSuffix(name, below) || name == below && !all {
			return true
		}
	}
	return false
}

// canonicalDomain returns one spelling for all spellings of a domain, so that they
// can be compared. International names have two (RFC 5890), addresses have many.
func canonicalDomain(name string) string {
	if a, ok := literalAddr(name); ok {
		return "[" + a.String() + "]"
	}
	below, dotted := strings.CutPrefix(name, ".")
	if ascii, err := mail.ALabels(below); err == nil && dotted {
		return "." + ascii
	} else if err == nil {
		return ascii
	}
	return strings.ToLower(name)
}

// literalAddr returns the address in an address literal.
func literalAddr(name string) (netip.Addr, bool) {
	inner, open := strings.CutPrefix(name, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !open || !closed {
		return netip.Addr{}, false
	}
	if len(inner) > 5 && strings.EqualFold(inner[:5], "ipv6:") {
		inner = inner[5:]
	}
	a, err := netip.ParseAddr(inner)
	return a.Unmap(), err == nil
}
