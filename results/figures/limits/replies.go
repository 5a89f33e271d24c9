package limits

import (
	"fmt"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// unexpected adds up the errors of some classes that the scenario does not expect, and
// returns the most frequent of them.
func unexpected(list []tally.FailureCount, classes ...sample.Class) (sum int64, most tally.FailureCount) {
	for _, e := range list {
		if e.Expected || !slices.ContainsFunc(classes, func(c sample.Class) bool { return c.String() == e.Class }) {
			continue
		}
		sum += e.Count
		if e.Count > most.Count {
			most = e
		}
	}
	return sum, most
}

// sessionLimit looks for a 421 that speaks of too many connections.
func (f *finder) sessionLimit(flow *Flow) {
	n, most := unexpected(flow.Errors, sample.Busy)
	if n < least || most.Phase != sample.Banner.String() && most.Phase != sample.Connect.String() {
		return
	}
	sure, text := Possible, strings.ToLower(most.Example)
	for _, word := range []string{"too many", "connection limit", "concurrent", "maximum number"} {
		if strings.Contains(text, word) {
			sure = Certain
		}
	}
	seen := fmt.Sprintf("%s were answered 421 instead of a greeting, with up to %s open at once", human.CountOf(n, "session"), human.CountOf(flow.Peak, "session"))
	if flow.Refused > 0 {
		seen = fmt.Sprintf("no more than %s were let in at once: %s were answered 421 instead of a greeting", human.CountOf(flow.Refused, "session"), human.CountOf(n, "session"))
		if flow.Refused%10 == 0 && sure == Possible {
			sure = Likely
		}
	}
	f.add(SessionLimit, sure,
		"the server limits the sessions that it has open, in all or from one address",
		"raise that limit for this address (Postfix: smtpd_client_connection_count_limit; Exim: smtp_accept_max_per_host), load from several addresses (target.source of a scenario), or hold fewer sessions",
		"%s: %s", seen, most.Example)
}

// rateLimit looks for 4xx that begin at a rate: none in the slower stages of a load, and
// many in the faster ones, in which no more is accepted however much is offered.
func (f *finder) rateLimit(flow *Flow) {
	classes := []sample.Class{sample.Throttled, sample.TempFail, sample.Busy}
	first := -1
	var below, above float64
	for i := range flow.Stages {
		s := &flow.Stages[i]
		n, _ := unexpected(s.Errors, classes...)
		switch {
		case n < least && first < 0:
			below = max(below, s.Offered)
		case n < least && s.Offered > below: // a faster stage without
			return
		case n >= least && first < 0:
			first = i
			above = s.Offered
		case n >= least:
			above = min(above, s.Offered)
		}
	}
	if first < 0 || below == 0 || above <= below {
		return
	}
	_, most := unexpected(flow.Stages[first].Errors, classes...)
	sure := Possible
	if most.Class == sample.Throttled.String() {
		sure = Certain
	}
	f.add(RateLimit, sure,
		"the server limits how much it takes in a time, in all or from one address",
		"raise that limit for this address, load from several addresses (target.source of a scenario), or stay below it",
		"4xx replies began between %s and %s arrivals a second, most often %d %s", human.Rate(below), human.Rate(above), most.Code, most.Example)
}

// ownPorts looks for connections that found no free port on this machine.
func (f *finder) ownPorts(flow *Flow) {
	n := int64(0)
	for _, e := range flow.Errors {
		if e.Class == sample.LocalLimit.String() && strings.HasPrefix(e.Example, "out of local ports") {
			n += e.Count
		}
	}
	if n == 0 {
		return
	}
	f.add(OwnPorts, Certain,
		"each closed connection keeps a port of this machine for a minute (TIME_WAIT), and so many were closed that none was left",
		"send more messages a connection (session.messages), add source addresses (target.source), or widen net.ipv4.ip_local_port_range",
		"%s found no free local port", human.CountOf(n, "connection"))
}
