package wire

import (
	"errors"
	"io"
	"net/netip"
	"time"
)

// A Phase is a step of a session, named as in the generator's results.
type Phase string

// The phases that can be seen on the wire. Resolve cannot, nor AUTH under TLS.
const (
	Connect  Phase = "connect"
	TLS      Phase = "tls" // from the ClientHello to the client's Finished, both leaving
	Banner   Phase = "banner"
	EHLO     Phase = "ehlo"
	StartTLS Phase = "starttls"
	EHLOTLS  Phase = "ehlo-tls" // after STARTTLS
	Auth     Phase = "auth"
	Mail     Phase = "mail"
	Rcpt     Phase = "rcpt"
	Data     Phase = "data"
	Envelope Phase = "mail+rcpt+data" // in place of the three, if they were pipelined
	Body     Phase = "body"
	Rset     Phase = "rset"
	Quit     Phase = "quit"
	Message  Phase = "message"
	Session  Phase = "session"
)

// Phases lists the phases in the order of a session, and the two spans last.
func Phases() []Phase {
	return []Phase{Connect, TLS, Banner, EHLO, StartTLS, EHLOTLS, Auth, Mail, Rcpt, Data, Envelope, Body, Rset, Quit, Message, Session}
}

// A Beginning says what connections begin with.
type Beginning uint8

// The beginnings.
const (
	InClear Beginning = iota // SMTP in the clear; STARTTLS may follow
	InTLS                    // the handshake of TLS
)

// An Analysis takes the segments of a run, in the order of their times.
type Analysis struct {
	beginning Beginning
	open      map[netip.AddrPort]*conversation

	Samples map[Phase][]time.Duration
	Begun   []Time         // when each connection's first SYN left
	Mailed  []Time         // when each MAIL left
	Again   int            // segments that were seen before: retransmissions, or copies in the capture
	Strange map[string]int // how often something was not understood, by what it was
}

// NewAnalysis begins an analysis of connections with that beginning.
func NewAnalysis(b Beginning) *Analysis {
	return &Analysis{
		beginning: b,
		open:      map[netip.AddrPort]*conversation{},
		Samples:   map[Phase][]time.Duration{},
		Strange:   map[string]int{},
	}
}

// Add takes the next segment. Its payload is not kept.
func (a *Analysis) Add(g Segment) {
	c := a.open[g.Client]
	if g.Syn && g.FromClient && (c == nil || c.up.next != g.Seq+1 && c.ended) {
		// If the port is used again, this is another connection. If the
		// connection is under way, the SYN is a retransmission, and the first
		// one counts.
		if c != nil {
			a.finish(c)
		}
		c = newConversation(a, g.At)
		a.open[g.Client] = c
		a.Begun = append(a.Begun, g.At)
	}
	if c == nil {
		a.strange("connection that began before the capture")
		return
	}
	c.add(g)
}

// Finish ends the connections that are still open. It leaves out what was under way.
func (a *Analysis) Finish() {
	for _, c := range a.open {
		a.finish(c)
	}
	clear(a.open)
}

func (a *Analysis) finish(c *conversation) {
	if c.tls != nil {
		c.tls.finish()
	}
	a.Again += c.up.again + c.down.again
}

func (a *Analysis) sample(p Phase, from, to Time) {
	a.Samples[p] = append(a.Samples[p], to.Sub(from))
}

func (a *Analysis) strange(what string) { a.Strange[what]++ }

// Read analyses a whole capture of a server's port.
func Read(r io.Reader, port uint16, b Beginning) (*Analysis, error) {
	p, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	a := NewAnalysis(b)
	for {
		at, frame, err := p.Next()
		if errors.Is(err, io.EOF) {
			a.Finish()
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		if g, ok := Parse(frame, at, port); ok {
			a.Add(g)
		}
	}
}
