package chaos

// A kind is one thing that a server can do wrong.
type kind uint8

// The kinds. Form, where one has variations, is the fault's number for it.
const (
	// At a reply.
	refuse    kind = iota // a refusal in good order: form says which
	echo                  // a secret in the text: form says how
	odd                   // NUL, escapes and 8-bit octets in the text
	bare                  // lines that end in LF alone
	trickle               // an octet a segment
	recode                // another code: form says which
	mixed                 // several lines whose codes differ
	junk                  // octets that are no reply
	overlong              // a line beyond any bound
	endless               // octets without a line feed, as long as anybody listens
	flood                 // thousands of lines
	missing               // no reply
	twice                 // the reply, and others to nothing
	early                 // the reply, and the next one before its command is read
	goodbye               // a 421 to nothing before the reply
	deaf                  // what came after the command in one segment is not read
	challenge             // a challenge in place of what AUTH should get: form says which
	unreadied             // BDAT is refused, and its octets are read as commands
	stall                 // no reply, and nothing more
	frozen                // the same, and nothing is read
	hasty                 // a message is refused before all of it has come, and the connection is reset or closed
	hangup                // the connection is closed within the reply
	slam                  // it is reset within the reply
	half                  // our side of it is closed within the reply

	// At an octet that leaves, whatever layer it is of.
	flipOut   // a bit of it is flipped
	insertOut // others come before it
	closeOut  // the connection is closed before it
	resetOut  // it is reset
	halfOut   // our side of it is closed
	stallOut  // nothing more leaves

	// At an octet that arrives.
	closeIn // the connection is closed before it is read
	resetIn // it is reset
	halfIn  // our side of it is closed

	// At a handshake.
	noHandshake // something else is said in place of a ServerHello: form says what
	inject      // octets in the clear behind the reply to STARTTLS

	// At a reply under TLS 1.3, before it.
	alert      // an alert: form says which
	keyUpdate  // KeyUpdate messages, with answers asked for
	tickets    // session tickets, many
	hollow     // empty records, many
	renew      // a HelloRequest, as if to renegotiate
	handshaken // handshake messages that mean nothing
	unrecord   // a record of no kind, or one that is too long
	crumbs     // from here on, an octet a record

	numKinds int = iota
)

// A place is where in a session a kind can be.
type place uint8

const (
	atReply place = iota
	atOctetOut
	atOctetIn
	atHandshake
	atRecord
)

// kinds say of each kind its name, its place, and whether it is fair: replies
// that arrive are still what the server means, and in step with the commands.
// After a kind that is not, nobody can tell what a client has to make of them.
var kinds = [numKinds]struct {
	name  string
	place place
	fair  bool
}{
	refuse: {"refuse", atReply, true}, echo: {"echo", atReply, true}, odd: {"odd", atReply, true},
	bare: {"bare", atReply, true}, trickle: {"trickle", atReply, true},
	recode: {"recode", atReply, false}, mixed: {"mixed", atReply, false}, junk: {"junk", atReply, false},
	overlong: {"overlong", atReply, false}, endless: {"endless", atReply, false}, flood: {"flood", atReply, false},
	missing: {"missing", atReply, false}, twice: {"twice", atReply, false}, early: {"early", atReply, false},
	goodbye: {"goodbye", atReply, false}, deaf: {"deaf", atReply, false}, challenge: {"challenge", atReply, false}, unreadied: {"unreadied", atReply, false},
	stall: {"stall", atReply, true}, hasty: {"hasty", atReply, true}, frozen: {"frozen", atReply, true}, hangup: {"hangup", atReply, true},
	slam: {"slam", atReply, true}, half: {"half", atReply, true},

	flipOut: {"flip-out", atOctetOut, false}, insertOut: {"insert-out", atOctetOut, false},
	closeOut: {"close-out", atOctetOut, true}, resetOut: {"reset-out", atOctetOut, true},
	halfOut: {"half-out", atOctetOut, true}, stallOut: {"stall-out", atOctetOut, true},

	closeIn: {"close-in", atOctetIn, true}, resetIn: {"reset-in", atOctetIn, true}, halfIn: {"half-in", atOctetIn, true},

	noHandshake: {"no-handshake", atHandshake, false}, inject: {"inject", atHandshake, false},

	alert: {"alert", atRecord, true}, keyUpdate: {"key-update", atRecord, true}, tickets: {"tickets", atRecord, true},
	hollow: {"hollow", atRecord, true}, renew: {"renew", atRecord, true}, handshaken: {"handshaken", atRecord, true},
	unrecord: {"unrecord", atRecord, true}, crumbs: {"crumbs", atRecord, true},
}

func (k kind) String() string { return kinds[k].name }

// at returns the kinds of a place.
func at(p place) []kind {
	var list []kind
	for k := range kinds {
		if kinds[k].place == p {
			list = append(list, kind(k))
		}
	}
	return list
}
