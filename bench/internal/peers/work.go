//go:build linux

package main

import "fmt"

// A client is one of the programs compared.
type client string

// The clients. The last three appear in the handshake cases only.
const (
	ours       client = "smtpgauge"
	smtpSource client = "smtp-source"
	goSMTP     client = "go-smtp"
	floor      client = "floor"
	oursPlain  client = "smtpgauge, no TLS" // what of ours is not the handshake
	openSSL    client = "openssl s_time"
	dialOnly   client = "connect only" // what of s_time is not the handshake
)

// security is how a case uses TLS.
type security uint8

const (
	plain     security = iota
	fullTLS            // a full handshake each connection
	resumeTLS          // each connection resumes the session of one before
)

// A work is what every client of a case has to do.
type work struct {
	sessions  int
	messages  int
	size      int // bytes a message, header included
	reconnect bool
	pipelined bool
	security  security
	idle      bool // ours only: one message a session, then hold it open
}

// A metric is a figure of a client that a target bounds.
type metric uint8

const (
	cpu       metric = iota // a message (or connection) relative to another client's
	rate                    // messages a second relative to another client's
	memory                  // bytes a session, beyond what one session takes
	handshake               // CPU of the handshake alone relative to s_time's
	growth                  // CPU a message relative to the same client's in another case
)

// A target is what issue 3 asks of ours.
type target struct {
	metric  metric
	against client // or "" where the metric needs none
	base    string // growth: the name of the case compared with
	bound   float64
	atLeast bool // the figure has to reach the bound; otherwise stay within
}

func (t target) String() string {
	sign := "≤"
	if t.atLeast {
		sign = "≥"
	}
	switch t.metric {
	case cpu:
		return fmt.Sprintf("CPU %s %.2f × %s", sign, t.bound, t.against)
	case rate:
		return fmt.Sprintf("throughput %s %.2f × %s", sign, t.bound, t.against)
	case memory:
		return fmt.Sprintf("memory a session %s %.0f KiB", sign, t.bound/1024)
	case handshake:
		return fmt.Sprintf("CPU of the handshake %s %.2f × %s", sign, t.bound, t.against)
	}
	return fmt.Sprintf("CPU %s %.2f × that of case %s", sign, t.bound, t.base)
}

// A trial is a case: the work, who does it, and what is asked of ours.
type trial struct {
	name, title string
	work        work
	clients     []client
	servers     []server
	targets     []target
}

// server is what is loaded.
type server string

const (
	epollSink   server = "epoll sink"
	postfixSink server = "smtp-sink"
	labTLS      server = "TLS server"
)

var (
	plainClients = []client{ours, smtpSource, goSMTP, floor}
	plainServers = []server{epollSink, postfixSink}
)

// trials are the cases of issue 3. Each run lasts some seconds on two cores,
// so that the clients' starting up is a small part of their time: ours looks
// for free cores for a fifth of a second.
var trials = []trial{
	{
		name: "lockstep", title: "open connections, lockstep, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 250_000, size: 1024},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .75}, {metric: cpu, against: floor, bound: 1.3},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "pipelined", title: "open connections, pipelined (smtp-source, go-smtp: lockstep), 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 300_000, size: 1024, pipelined: true},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .40}, {metric: cpu, against: floor, bound: 1.4},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "reconnect", title: "a connection a message, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 40_000, size: 1024, reconnect: true},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .80}, {metric: cpu, against: floor, bound: 1.25},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "large", title: "open connections, lockstep, 100 sessions, 64 KiB",
		work:    work{sessions: 100, messages: 40_000, size: 64 << 10},
		clients: plainClients, servers: plainServers,
	}, {
		name: "sessions-1000", title: "open connections, lockstep, 1,000 sessions, 1 KiB",
		work:    work{sessions: 1000, messages: 100_000, size: 1024},
		clients: plainClients, servers: plainServers,
	}, {
		name: "sessions-10000", title: "open connections, lockstep, 10,000 sessions, 1 KiB",
		work:    work{sessions: 10_000, messages: 400_000, size: 1024},
		clients: plainClients, servers: []server{epollSink},
		targets: []target{
			{metric: memory, bound: 8 << 10}, {metric: growth, base: "lockstep", bound: 1.3},
		},
	}, {
		name: "tls-full", title: "TLS 1.3, X25519, a connection a message, full handshakes, 20 sessions, 1 KiB",
		work:    work{sessions: 20, messages: 5_000, size: 1024, reconnect: true, security: fullTLS},
		clients: []client{ours, goSMTP, openSSL, oursPlain, dialOnly}, servers: []server{labTLS},
		targets: []target{{metric: handshake, against: openSSL, bound: .55}, {metric: cpu, against: openSSL, bound: .55}},
	}, {
		name: "tls-resumed", title: "TLS 1.3, X25519, a connection a message, resumed handshakes, 20 sessions, 1 KiB",
		work:    work{sessions: 20, messages: 8_000, size: 1024, reconnect: true, security: resumeTLS},
		clients: []client{ours, goSMTP, openSSL, oursPlain, dialOnly}, servers: []server{labTLS},
	}, {
		name: "tls-open", title: "TLS 1.3, open connections, lockstep, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 60_000, size: 1024, security: fullTLS},
		clients: []client{ours, goSMTP}, servers: []server{labTLS},
	}, {
		name: "tls-idle", title: "TLS 1.3, 10,000 connections held idle after a message each",
		work:    work{sessions: 10_000, messages: 10_000, size: 1024, security: fullTLS, idle: true},
		clients: []client{ours}, servers: []server{labTLS},
		targets: []target{{metric: memory, bound: 24 << 10}},
	},
}

// alone is the work for a single session, which tells a client's memory apart
// from its sessions'.
func (w work) alone() work {
	w.sessions, w.messages = 1, 200
	return w
}
