package scenarios

import (
	"time"

	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A session says what each connection does.
type session struct {
	section
	messages   int
	think      time.Duration
	pipelining sample.Switch
	bdat       bool
	chunk      int64
	hello      string
}

var sessionShape = object[session]{
	name: "session",
	fields: []field[session]{
		opt("messages", count(0, 1_000_000_000), func(s *session) *int { return &s.messages },
			"Messages a connection; with 0 it is used as long as the load lasts. If left out: 1 if the load counts sessions/s, and 0 else."),
		opt("think", duration(0), func(s *session) *time.Duration { return &s.think },
			"Idle time on the connection between two messages of one session: not after the last. A session that sends one message has none, and the next session of a closed load connects at once.").defaultTo("0s"),
		opt("pipelining", namesOf(sample.Auto, sample.On, sample.Off), func(s *session) *sample.Switch { return &s.pipelining },
			"Send MAIL, RCPT and DATA together (RFC 2920): auto does so if EHLO offers it.").defaultTo("auto"),
		opt("bdat", boolean, func(s *session) *bool { return &s.bdat },
			"Send the message by BDAT (RFC 3030) in place of DATA. The server has to offer CHUNKING.").defaultTo("false"),
		opt("chunk_size", octets(1), func(s *session) *int64 { return &s.chunk },
			"Size of a BDAT chunk. If left out, the message is one chunk."),
		opt("hello", text("a host name or an address literal", `^([A-Za-z0-9_.-]{1,255}|\[[A-Za-z0-9:.]+\])$`), func(s *session) *string { return &s.hello },
			"The name given with EHLO, HELO or LHLO.").defaultTo("localhost"),
	},
	check: func(d *decoder, s *session) {
		if s.has("chunk_size") && !s.bdat {
			d.Faultf(s.at("chunk_size"), "chunk_size is for BDAT: say bdat: true with it")
		}
	},
}

// settle fills in the default that depends on the load, and notes a think time that is never
// taken.
func (s *session) settle(d *decoder, l *load) {
	s.settleMessages(l)
	if s.messages == 1 && s.think > 0 {
		d.notef(s.at("think"), "think is the time between two messages of a session, and does nothing if a session sends one: say messages: 2 or more, or 0 for as long as the load lasts; load.rate is how often sessions begin")
	}
}

func (s *session) settleMessages(l *load) {
	if s.node == nil || s.has("messages") {
		return
	}
	if l.open() && l.resolved().Unit == loadgen.Sessions {
		s.messages = 1
	}
	s.fill("messages", tree.Integer(s.node.At, int64(s.messages)))
}

// sessionResolved returns the session as loadgen has it.
func (f *flow) sessionResolved() loadgen.Session {
	s := &f.session
	return loadgen.Session{
		Messages: s.messages,
		Think:    s.think,
		Accounts: f.auth.accounts,
		Wire: smtpwire.Options{
			Name: s.hello, LMTP: f.target.lmtp, TLS: f.tls,
			Pipelining: s.pipelining, BDAT: s.bdat, ChunkSize: int(s.chunk),
		},
	}
}
