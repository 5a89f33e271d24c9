//go:build linux

package main

// A trial is a case: the work, the clients that do it, and the targets of smtpgauge.
type trial struct {
	name, title string
	work        work
	clients     []client
	servers     []server
	targets     []target
}

var (
	plainClients = []client{ours, smtpSource, goSMTP, floor}
	plainServers = []server{epollSink, postfixSink}

	// The same clients make full handshakes and resumed ones.
	handshakeClients = []client{ours, goSMTP, openSSL, oursPlain, dialOnly}
	tlsServers       = []server{labTLS}
)

// trials are all cases. Each run takes some seconds of CPU, so that the start of a client is a
// small part of it: that of smtpgauge takes 50 ms, and the floor has none.
var trials = []trial{
	{
		name: "lockstep", title: "open connections, lockstep, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 250_000, size: 1024},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .75}, {metric: cpu, against: floor, bound: 1.15},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "pipelined", title: "open connections, pipelined (smtp-source, go-smtp: lockstep), 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 300_000, size: 1024, pipelined: true},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .40}, {metric: cpu, against: floor, bound: 1.15},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "reconnect", title: "a connection a message, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 80_000, size: 1024, reconnect: true},
		clients: plainClients, servers: plainServers,
		targets: []target{
			{metric: cpu, against: smtpSource, bound: .80}, {metric: cpu, against: floor, bound: 1.15},
			{metric: rate, against: smtpSource, bound: 1.3, atLeast: true},
		},
	}, {
		name: "large", title: "open connections, lockstep, 100 sessions, 64 KiB",
		work:    work{sessions: 100, messages: 120_000, size: 64 << 10},
		clients: plainClients, servers: plainServers,
		targets: []target{{metric: cpu, against: floor, bound: 1.15}},
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
		clients: handshakeClients, servers: tlsServers,
		targets: []target{{metric: handshake, against: openSSL, bound: .55}, {metric: cpu, against: openSSL, bound: .55}},
	}, {
		name: "tls-resumed", title: "TLS 1.3, X25519, a connection a message, resumed handshakes, 20 sessions, 1 KiB",
		work:    work{sessions: 20, messages: 8_000, size: 1024, reconnect: true, security: resumeTLS},
		clients: handshakeClients, servers: tlsServers,
	}, {
		name: "tls-open", title: "TLS 1.3, open connections, lockstep, 100 sessions, 1 KiB",
		work:    work{sessions: 100, messages: 60_000, size: 1024, security: fullTLS},
		clients: []client{ours, goSMTP}, servers: tlsServers,
	}, {
		name: "tls-idle", title: "TLS 1.3, 10,000 connections held idle after a message each",
		work:    work{sessions: 10_000, messages: 10_000, size: 1024, security: fullTLS, idle: true},
		clients: []client{ours}, servers: tlsServers,
		targets: []target{{metric: memory, bound: 24 << 10}},
	}, {
		name: "shards", title: "open connections, lockstep, 104 sessions, 1 KiB, in several shards",
		work:    work{sessions: 104, messages: 200_000, size: 1024},
		clients: []client{ours, twoShards, fourShards, eightShards, floor, twoFloors, fourFloors, eightFloors}, servers: []server{epollSink},
		targets: []target{
			{metric: sharing, against: twoShards, bound: 1.05}, {metric: sharing, against: eightShards, bound: 1.10},
		},
	}, {
		name: "shards-idle", title: "19,500 connections held idle after a message each, in several shards",
		work:    work{sessions: 19_500, messages: 19_500, size: 1024, idle: true},
		clients: []client{ours, twoShards, eightShards}, servers: []server{epollSink},
		targets: []target{
			{metric: memory, bound: 3 << 10}, {metric: memory, against: twoShards, bound: 3 << 10},
			{metric: memory, against: eightShards, bound: 3 << 10},
		},
	}, {
		name: "shards-tls", title: "TLS 1.3, X25519, a connection a message, full handshakes, 32 sessions, 1 KiB, in several shards",
		work:    work{sessions: 32, messages: 5_000, size: 1024, reconnect: true, security: fullTLS},
		clients: []client{ours, twoShards}, servers: tlsServers,
		targets: []target{{metric: sharing, against: twoShards, bound: 1.05}},
	}, {
		name: "shards-auth", title: "AUTH SCRAM-SHA-256 with 20,000 iterations, a connection a message, 32 sessions, 1 KiB, in several shards",
		work:    work{sessions: 32, messages: 1_000, size: 1024, reconnect: true, proof: 20_000},
		clients: []client{ours, twoShards}, servers: []server{labAuth},
		targets: []target{{metric: sharing, against: twoShards, bound: 1.05}},
	},
}
