package chaos

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A fault is a kind with its place in a session.
type fault struct {
	kind  kind
	verb  string // the command whose reply it is at, or banner, chunk or body
	nth   int    // the number of the reply to that verb, from 1
	octet int    // the number of the octet that leaves or arrives, from 0
	form  int    // the variation
}

// String says what happens at which place, such as "twice at rcpt 2 (form 17)".
func (f fault) String() string {
	switch kinds[f.kind].place {
	case atReply, atRecord:
		return fmt.Sprintf("%s at %s %d (form %d)", f.kind, f.verb, f.nth, f.form)
	case atHandshake:
		return fmt.Sprintf("%s (form %d)", f.kind, f.form)
	}
	return fmt.Sprintf("%s at octet %d (form %d)", f.kind, f.octet, f.form)
}

// A plan is what the server does in one session.
type plan struct {
	offer  []string // what EHLO offers
	tls12  bool     // TLS is 1.2 at most
	rude   bool     // TLS ends without a close_notify
	narrow bool     // the receive buffer is small, so that clients soon have to wait
	faults []fault
}

// String lists the faults, and what EHLO offers.
func (p *plan) String() string {
	var b strings.Builder
	for i, f := range p.faults {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.String())
	}
	if len(p.faults) == 0 {
		b.WriteString("no fault")
	}
	if p.tls12 {
		b.WriteString("; TLS 1.2")
	}
	if p.rude {
		b.WriteString("; rude")
	}
	if p.narrow {
		b.WriteString("; narrow")
	}
	fmt.Fprintf(&b, "; offers %.100q", p.offer)
	return b.String()
}

// at returns the faults of a reply, in the order in which they were drawn.
func (p *plan) at(verb string, nth int) []fault {
	var list []fault
	for _, f := range p.faults {
		if f.verb == verb && f.nth == nth {
			list = append(list, f)
		}
	}
	return list
}

// with returns the first fault of a kind.
func (p *plan) with(k kind) (fault, bool) {
	for _, f := range p.faults {
		if f.kind == k {
			return f, true
		}
	}
	return fault{}, false
}

// verbs are the places of replies. Those that stand here more often have more faults.
var verbs = []string{
	"banner", "ehlo", "ehlo", "starttls", "auth", "auth", "auth", "mail", "mail", "rcpt", "rcpt", "rcpt",
	"data", "data", "chunk", "chunk", "body", "body", "body", "body", "rset", "quit",
}

// drawPlan draws the plan of a session.
func drawPlan(r *rand.Rand) plan {
	p := plan{offer: drawOffer(r), tls12: r.IntN(8) == 0, rude: r.IntN(4) == 0, narrow: r.IntN(8) == 0}
	for n := []int{0, 1, 1, 1, 1, 2, 2, 3}[r.IntN(8)]; n > 0; n-- {
		p.faults = append(p.faults, drawFault(r)...)
	}
	if r.IntN(12) == 0 { // the refusal comes while the client still has much to send
		p.narrow = true
		p.faults = append(p.faults, fault{kind: hasty, verb: "body", nth: 1, form: r.IntN(1 << 16)})
	}
	return p
}

// drawFault draws a fault. Every second echo comes with a refusal, because refusals are
// quoted.
func drawFault(r *rand.Rand) []fault {
	where := []place{atReply, atReply, atReply, atReply, atReply, atOctetOut, atOctetOut, atOctetIn, atHandshake, atRecord, atRecord}
	among := at(where[r.IntN(len(where))])
	f := fault{
		kind: among[r.IntN(len(among))], verb: verbs[r.IntN(len(verbs))], nth: 1, form: r.IntN(1 << 16),
		octet: r.IntN(1 << (1 + r.IntN(13))),
	}
	for r.IntN(3) == 0 {
		f.nth++
	}
	if kinds[f.kind].place == atReply && r.IntN(5) == 0 {
		f.kind = echo
	}
	if f.kind == echo && r.IntN(2) == 0 {
		refusal := f
		refusal.kind = refuse
		return []fault{refusal, f}
	}
	if f.kind == hasty {
		f.verb = "body"
	}
	return []fault{f}
}

// drawOffer draws what EHLO offers. Mostly it is what a session needs.
func drawOffer(r *rand.Rand) []string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var offer []string
	add := func(percent int, line string) {
		if r.IntN(100) < percent {
			offer = append(offer, line)
		}
	}
	add(80, pick("PIPELINING", "PIPELINING", "pipelining", "PIPELINING NOT REALLY"))
	add(95, pick("CHUNKING", "CHUNKING", "Chunking", "CHUNKING 5"))
	add(97, pick("STARTTLS", "STARTTLS", "starttls", "STARTTLS REQUIRED"))
	add(97, pick("AUTH "+allMechanisms, "AUTH "+allMechanisms, "AUTH "+allMechanisms, "AUTH="+allMechanisms, "auth  "+allMechanisms))
	add(5, pick("AUTH", "AUTH ANONYMOUS GSSAPI \xff\x00", "AUTH PLAIN PLAIN PLAIN"))
	add(40, pick("SIZE", "SIZE 0", "SIZE 10485760", "SIZE 99999999999999999999999", "SIZE NaN", "SIZE -1", "SIZE 0x7f", "SIZE 100"))
	add(50, "8BITMIME")
	add(30, "SMTPUTF8")
	add(20, pick("LIMITS RCPTMAX=1 MAILMAX=1", "LIMITS MAILMAX=0", "LIMITS RCPTMAX=999999999999999999999", "LIMITS ="))
	add(5, "")
	add(5, strings.Repeat("X", 1500))
	r.Shuffle(len(offer), func(i, j int) { offer[i], offer[j] = offer[j], offer[i] })
	return offer
}

const allMechanisms = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER EXTERNAL"
