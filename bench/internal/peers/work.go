//go:build linux

package main

// A client is one of the programs that are compared.
type client string

// The clients. The last three appear in the handshake cases only.
const (
	ours       client = "smtpgauge"
	smtpSource client = "smtp-source"
	goSMTP     client = "go-smtp"
	floor      client = "floor"
	oursPlain  client = "smtpgauge, no TLS" // for the part of ours that is not the handshake
	openSSL    client = "openssl s_time"
	dialOnly   client = "connect only" // for the part of s_time that is not the handshake
)

// A security says how a case uses TLS.
type security uint8

const (
	plain     security = iota
	fullTLS            // each connection makes a full handshake
	resumeTLS          // each connection resumes an earlier TLS session
)

// A work is what every client of a case has to do.
type work struct {
	sessions  int
	messages  int
	size      int // bytes of a message with its header
	reconnect bool
	pipelined bool
	security  security
	idle      bool // for smtpgauge only: each session sends one message and stays open
}

// alone returns the work for a single session, which shows the memory of the client without that of
// its sessions.
func (w work) alone() work {
	w.sessions, w.messages = 1, 200
	return w
}

// A server is one of the servers to load.
type server string

const (
	epollSink   server = "epoll sink"
	postfixSink server = "smtp-sink"
	labTLS      server = "TLS server"
)
