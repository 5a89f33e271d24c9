package chaos

// A kind is one thing that a server can do wrong.
type kind uint8

// The kinds. Some have variations, and the form of the fault chooses one.
const (
	// At a reply.
	refuse    kind = iota // a correct refusal; the form says which
	echo                  // a secret in the text; the form says how
	odd                   // NUL, escapes and 8-bit octets in the text
	bare                  // lines that end in LF alone
	trickle               // one octet in each segment
	recode                // another code; the form says which
	mixed                 // several lines whose codes differ
	junk                  // octets that are no reply
	overlong              // a line beyond any bound
	endless               // octets without a line feed, as long as the client reads
	flood                 // thousands of lines
	missing               // no reply
	twice                 // the reply, and more replies without a command
	early                 // the reply, and the next reply before its command is read
	goodbye               // a 421 without a command before the reply
	deaf                  // what came with the command in one segment is thrown away
	challenge             // a challenge in place of the reply to AUTH; the form says which
	unreadied             // BDAT is refused, and its octets are read as commands
	stall                 // no reply, and nothing more
	frozen                // the same, and nothing is read
	hasty                 // a message is refused before all of it has come, and the connection is reset or closed
	hangup                // the connection is closed within the reply
	slam                  // it is reset within the reply
	half                  // our side of it is closed within the reply

	// At an octet that leaves, of TLS or of SMTP.
	flipOut   // a bit of it is flipped
	insertOut // other octets come before it
	closeOut  // the connection is closed before it
	resetOut  // it is reset
	halfOut   // our side of it is closed
	stallOut  // nothing more leaves

	// At an octet that arrives.
	closeIn // the connection is closed before it is read
	resetIn // it is reset
	halfIn  // our side of it is closed

	// At a handshake.
	noHandshake // something other than a ServerHello; the form says what
	inject      // octets in the clear after the reply to STARTTLS

	// Before a reply under TLS 1.3.
	alert      // an alert; the form says which
	keyUpdate  // KeyUpdate messages that ask for answers
	tickets    // session tickets, many
	hollow     // empty records, many
	renew      // a HelloRequest, as if to renegotiate
	handshaken // handshake messages that mean nothing
	unrecord   // a record of an unknown type, or one that is too long
	crumbs     // from here on, one octet in each record

	numKinds int = iota
)

// A place is a place in a session at which a kind can happen.
type place uint8

const (
	atReply place = iota
	atOctetOut
	atOctetIn
	atHandshake
	atRecord
)

// kinds has the name and the place of each kind, and whether it is fair. After a fair kind
// the replies that arrive still mean what the server means, and belong to their commands.
// After another kind it is unknown how a client has to understand them.
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

// at returns the kinds that can happen at a place.
func at(p place) []kind {
	var list []kind
	for k := range kinds {
		if kinds[k].place == p {
			list = append(list, kind(k))
		}
	}
	return list
}
