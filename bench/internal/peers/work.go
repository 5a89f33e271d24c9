//go:build linux

package main

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

// alone is the work for a single session, which tells a client's memory apart
// from its sessions'.
func (w work) alone() work {
	w.sessions, w.messages = 1, 200
	return w
}

// server is what is loaded.
type server string

const (
	epollSink   server = "epoll sink"
	postfixSink server = "smtp-sink"
	labTLS      server = "TLS server"
)
